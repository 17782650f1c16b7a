import TestSupport
import Testing

@testable import JSONDocument

/// Laws of the merge over random scenes; a failure names the seed that makes it again.
@Suite struct JSONMergePropertyTests {
    static let seeds = Array(UInt64(1)...60)

    @Test(arguments: seeds)
    func `where nobody else did anything, the merge is mine to the letter`(seed: UInt64) {
        var scenes = SceneGenerator(seed: seed)
        let base = scenes.scene()
        let mine = scenes.edited(base)
        let merged = JSONMerge.merge(base: base, mine: mine, present: base)
        #expect(merged == mine, "seed \(seed)")
        if base != mine { #expect(merged.text == mine.text, "seed \(seed)") }
    }

    @Test(arguments: seeds)
    func `where I did nothing, the merge is the present to the letter`(seed: UInt64) {
        var scenes = SceneGenerator(seed: seed)
        let base = scenes.scene()
        let present = scenes.edited(base)
        #expect(JSONMerge.merge(base: base, mine: base, present: present).text == present.text, "seed \(seed)")
        let rewritten = scenes.rewritten(base)
        #expect(JSONMerge.merge(base: base, mine: rewritten, present: present).text == present.text, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `where both did the same, the merge is that`(seed: UInt64) {
        var scenes = SceneGenerator(seed: seed)
        let base = scenes.scene()
        let edited = scenes.edited(base)
        #expect(JSONMerge.merge(base: base, mine: edited, present: edited) == edited, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `merging again changes nothing`(seed: UInt64) {
        var scenes = SceneGenerator(seed: seed)
        let base = scenes.scene()
        let (mine, present) = (scenes.edited(base), scenes.edited(base))
        let merged = JSONMerge.merge(base: base, mine: mine, present: present)
        #expect(JSONMerge.merge(base: base, mine: mine, present: merged) == merged, "seed \(seed)")
        #expect(JSONMerge.merge(base: mine, mine: mine, present: merged) == merged, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `the difference is none exactly where the values are equal`(seed: UInt64) throws {
        var scenes = SceneGenerator(seed: seed)
        let base = scenes.scene()
        let edited = scenes.edited(base)
        #expect((JSONMerge.difference(base, edited) == 0) == (base == edited), "seed \(seed)")
        #expect(JSONMerge.difference(base, scenes.rewritten(base)) == 0, "seed \(seed)")
        let candidates = [edited, base, scenes.edited(edited)]
        let index = try #require(JSONMerge.indexOfBase(candidates, mine: base))
        #expect(candidates[index] == base, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `users who move different tokens at once all keep what they did, in any order`(seed: UInt64) throws {
        var scenes = SceneGenerator(seed: seed)
        let base = scenes.scene(tokenCount: 6)
        let moves = (0..<3).map { user in (token: user * 2, x: 1_000 + user) }
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            var present = base
            for user in order {
                let mine = SceneGenerator.moved(base, token: moves[user].token, toX: moves[user].x)
                present = JSONMerge.merge(base: base, mine: mine, present: present)
            }
            for move in moves {
                #expect(SceneGenerator.x(of: move.token, in: present) == move.x, "seed \(seed), order \(order)")
            }
            #expect(present["tokens"]?.count == 6, "seed \(seed)")
        }
    }
}

/// Random scenes of the kind that the frontend sends, and random edits to them.
struct SceneGenerator {
    var random: SeededGenerator
    private var nextNumber = 100

    init(seed: UInt64) { self.random = SeededGenerator(seed: seed) }

    mutating func scene(tokenCount: Int? = nil) -> JSONValue {
        let tokens = (0..<(tokenCount ?? Int(self.random.next() % 8))).map { self.token("t\($0)") }
        let maps = (0..<Int(self.random.next() % 4)).map { index in
            let name = JSONValue.string("map \(index % 2).png")
            return JSONValue.object([("name", name), ("data", ["position": self.point(), "scale": self.number()])])
        }
        return .object([
            ("id", "scene"), ("name", .string("Scene \(self.random.next() % 5)")), ("tokens", .array(tokens)),
            ("maps", .array(maps)), ("gridSettings", ["showGrid": true, "gridSize": self.number()]),
            ("fog", .array((0..<3).map { _ in self.point() })), ("flags", .array([self.number(), .null, "a"])),
        ])
    }

    private mutating func token(_ id: String) -> JSONValue {
        .object([("id", .string(id)), ("x", self.number()), ("y", self.number()), ("path", .array([self.point()]))])
    }

    private mutating func point() -> JSONValue { ["x": self.number(), "y": self.number()] }

    private mutating func number() -> JSONValue { .number(Int(self.random.next() % 50)) }

    /// The scene with a few random changes anywhere, its id aside.
    mutating func edited(_ scene: JSONValue) -> JSONValue {
        var members = scene.members ?? []
        for _ in 0..<Int(self.random.next() % 4) {
            guard let index = members.indices.dropFirst().randomElement(using: &self.random) else { break }
            members[index].value = self.edited(members[index].value, depth: 0)
        }
        if self.random.next() % 5 == 0 {
            self.nextNumber += 1
            members.append(("extra \(self.random.next() % 3)", .number(self.nextNumber)))
        }
        if self.random.next() % 6 == 0, members.count > 1 {
            members.remove(at: 1 + Int(self.random.next() % UInt64(members.count - 1)))
        }
        var seen: Set<String> = []
        return .object(members.filter { seen.insert($0.key).inserted })
    }

    private mutating func edited(_ value: JSONValue, depth: Int) -> JSONValue {
        if var elements = value.elements {
            return .array(self.edited(elements: &elements, depth: depth))
        }
        if var members = value.members, !members.isEmpty, depth < 4 {
            let index = Int(self.random.next() % UInt64(members.count))
            if members[index].key == "id" || members[index].key == "name" { return value }
            members[index].value = self.edited(members[index].value, depth: depth + 1)
            return .object(members)
        }
        self.nextNumber += 1
        return .number(self.nextNumber)
    }

    private mutating func edited(elements: inout [JSONValue], depth: Int) -> [JSONValue] {
        self.nextNumber += 1
        switch self.random.next() % 6 {
        case 0 where elements.allSatisfy({ $0["id"] != nil }):
            let place = Int(self.random.next() % UInt64(elements.count + 1))
            elements.insert(self.token("n\(self.nextNumber)"), at: place)
        case 1 where !elements.isEmpty:
            elements.remove(at: Int(self.random.next() % UInt64(elements.count)))
        case 2:
            elements.shuffle(using: &self.random)
        default:
            guard let index = elements.indices.randomElement(using: &self.random) else { break }
            elements[index] = self.edited(elements[index], depth: depth + 1)
        }
        return elements
    }

    /// The same values with other number texts and another member order.
    mutating func rewritten(_ value: JSONValue) -> JSONValue {
        if let elements = value.elements { return .array(elements.map { self.rewritten($0) }) }
        if let members = value.members {
            return .object(members.map { ($0.key, self.rewritten($0.value)) }.shuffled(using: &self.random))
        }
        guard let text = value.numberText, let number = try? JSONValue.number(text: text + "e0") else { return value }
        return number
    }

    static func moved(_ scene: JSONValue, token: Int, toX x: Int) -> JSONValue {
        var moved = scene
        var tokens = scene["tokens"]?.elements ?? []
        tokens[token].setMember("x", to: .number(x))
        moved.setMember("tokens", to: .array(tokens))
        return moved
    }

    static func x(of token: Int, in scene: JSONValue) -> Int? {
        scene["tokens"]?.elements?.first { $0["id"]?.stringValue == "t\(token)" }?["x"]?.intValue
    }
}
