import JSONDocument
import TestSupport
import Testing

@testable import Table

@Suite struct CarriedPlaceTests {
    private static let list = JSONPointer(tokens: ["live", "tokens"])

    /// A list of tokens with the number of the operation that wrote each one's `x` last.
    private struct Tokens {
        var writers: [Int]
        private(set) var operations: [JSONPatchOperation] = []

        mutating func change(_ random: inout SeededGenerator) {
            let number = operations.count
            let index = writers.isEmpty ? 0 : Int.random(in: writers.indices, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                operations.append(.add(list.appending("-"), ["x": .number(number)]))
                writers.append(number)
            case 1:
                operations.append(.add(list.appending(index), ["x": .number(number)]))
                writers.insert(number, at: index)
            case _ where writers.isEmpty: break
            case 2:
                operations.append(.remove(list.appending(index)))
                writers.remove(at: index)
            case 3:
                let target = Int.random(in: writers.indices, using: &random)
                operations.append(.move(from: list.appending(index), to: list.appending(target)))
                writers.insert(writers.remove(at: index), at: target)
            case 4: operations.append(.replace(JSONPointer(tokens: ["viewer", "blank"]), true))
            default:
                operations.append(.replace(list.appending(index).appending("x"), .number(number)))
                writers[index] = number
            }
        }
    }

    @Test(arguments: 0..<100)
    func `the way back through lists that shift ends at the operation that wrote the place`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var tokens = Tokens(writers: [-1, -1, -1])
        for _ in 0..<40 { tokens.change(&random) }
        var document: JSONValue = ["live": ["tokens": [["x": -1], ["x": -1], ["x": -1]]], "viewer": ["blank": false]]
        try document.apply(JSONPatch(tokens.operations))
        for (index, writer) in tokens.writers.enumerated() {
            var place = CarriedPlace(Self.list.appending(index).appending("x"), in: document)
            let found = tokens.operations.indices.reversed().first { place.undo(tokens.operations[$0]) }
            #expect(found ?? -1 == writer, "token \(index) of seed \(seed)")
        }
    }

    @Test func `who puts something at the place wrote it, whatever was there`() throws {
        let place = JSONPointer(tokens: ["maps", "a.png"])
        let document: JSONValue = ["maps": ["a.png": ["size": 1], "1": ["size": 2]]]
        let other = JSONPointer(tokens: ["maps", "b.png"])
        for (operation, isAuthor) in [
            (JSONPatchOperation.move(from: other, to: place), true), (.move(from: place, to: other), true),
            (.copy(from: other, to: place), true), (.copy(from: place, to: other), false), (.remove(other), false),
            (.remove(JSONPointer(tokens: ["maps", "0"])), false),
            (.replace(JSONPointer(tokens: ["maps"]), [:]), true), (.add(place.appending("size"), 3), true),
            (.test(place, 3), false),
        ] {
            var carried = CarriedPlace(place, in: document)
            #expect(carried.undo(operation) == isAuthor, "\(operation)")
        }
        var numbered = CarriedPlace(JSONPointer(tokens: ["maps", "1"]), in: document)
        #expect(numbered.undo(.remove(JSONPointer(tokens: ["maps", "0"]))) == false)
        #expect(numbered.tokens == ["maps", "1"], "a member called by a number is no element")
    }
}
