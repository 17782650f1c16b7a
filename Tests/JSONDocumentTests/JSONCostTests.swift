import JSONDocument
import Testing

/// Short inputs that once cost the square of their length, or more: each was found by asking what a hostile client would send.
///
/// No time is measured. Where a bound is gone, an expectation on the work that was done fails, or the test never ends.
@Suite struct JSONCostTests {
    private static func numbers(_ count: Int) -> JSONValue { .array((0..<count).map { .number($0) }) }

    private static func patch(_ operation: String, times count: Int) throws -> JSONPatch {
        let operations = Array(repeating: operation, count: count).joined(separator: ",")
        return try JSONPatch(try JSONValue.parse(text: "[\(operations)]"))
    }

    @Test(arguments: [
        #"{"op":"add","path":"/0","value":1}"#, #"{"op":"remove","path":"/0"}"#,
        #"{"op":"move","from":"/0","path":"/-"}"#, #"{"op":"copy","from":"","path":"/-"}"#,
    ])
    func `a patch over its limit is refused and changes nothing`(operation: String) throws {
        let patch = try Self.patch(operation, times: 1_000)
        var list = Self.numbers(2_000)
        #expect {
            try list.apply(patch, limits: JSONPatchLimits(effort: 100_000))
        } throws: { error in
            if case .tooCostly(_, limit: 100_000) = error as? JSONPatchError { true } else { false }
        }
        #expect(list == Self.numbers(2_000))
    }

    /// Thirty such copies make a text of a gigabyte.
    @Test func `copies that double are refused as soon as they are too long`() throws {
        let patch = try Self.patch(#"{"op":"copy","from":"","path":"/-"}"#, times: 60)
        var list: JSONValue = [1]
        #expect {
            try list.apply(patch, limits: JSONPatchLimits(effort: 1 << 20))
        } throws: { error in
            if case .tooCostly(let index, _) = error as? JSONPatchError { index < 20 } else { false }
        }
        #expect(list == [1])
    }

    @Test func `appending, replacing and putting members costs next to nothing`() throws {
        var document: JSONValue = ["list": Self.numbers(2_000), "object": [:]]
        let operations = (0..<1_000).flatMap { number in
            [
                JSONPatchOperation.add(JSONPointer(tokens: ["list", "-"]), .number(number)),
                .replace(JSONPointer(tokens: ["list", String(number)]), 0),
                .add(JSONPointer(tokens: ["object", String(number)]), 0),
            ]
        }
        try document.apply(JSONPatch(operations), limits: JSONPatchLimits(effort: 0))
        #expect(document["list"]?.count == 3_000)
        #expect(document["object"]?.count == 1_000)
    }

    /// A million elements with a fifth taken out made a short patch that took minutes to apply, again at each start.
    @Test(arguments: [false, true])
    func `the patch between long lists is no more work than the lists`(isRemoval: Bool) throws {
        let long = (0..<20_000).map { JSONValue.object([("id", .number($0)), ("note", "some words that are long")]) }
        let short = long.indices.filter { $0 % 5 != 0 }.map { long[$0] }
        let (old, new) = isRemoval ? (long, short) : (short, long)
        let patch = JSONDiff.patch(from: .array(old), to: .array(new))
        var list = JSONValue.array(old)
        try list.apply(patch, limits: JSONPatchLimits(effort: 1 << 24))
        #expect(list == .array(new))
    }

    @Test func `many long lists in one value share the bound`() throws {
        let long = (0..<2_000).map { JSONValue.object([("id", .number($0))]) }
        let short = long.indices.filter { $0 % 8 != 0 }.map { long[$0] }
        let old = JSONValue.array((0..<60).map { ["id": .number($0), "list": .array(long)] })
        let new = JSONValue.array((0..<60).map { ["id": .number($0), "list": .array(short)] })
        var value = old
        try value.apply(JSONDiff.patch(from: old, to: new), limits: JSONPatchLimits(effort: 1 << 24))
        #expect(value == new)
    }

    /// Each level was merged once in place, found to have other elements behind, and merged again by key: 2 to the power of
    /// the depth.
    @Test func `lists nested deep are merged and compared once`() throws {
        func nested(_ last: String) throws -> JSONValue {
            let (begin, end) = (#"{"id":1,"t":["#, #",{"id":"\#(last)"}]}"#)
            let text = String(repeating: begin, count: 100) + "{}" + String(repeating: end, count: 100)
            return try JSONValue.parse(text: text)
        }
        let (base, mine, present) = (try nested("a"), try nested("b"), try nested("c"))
        let merged = JSONMerge.merge(base: base, mine: mine, present: present)
        #expect(merged["t"]?.elements?.map { $0["id"]?.text } == ["1", #""c""#, #""b""#])
        #expect(JSONMerge.difference(base, mine) > 100)
    }
}
