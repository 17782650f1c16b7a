import Testing

@testable import JSONDocument

@Suite struct JSONMergeTests {
    static func json(_ text: String) throws -> JSONValue { try JSONValue.parse(text: text) }

    /// Merges three texts.
    static func merge(_ base: String, mine: String, present: String) throws -> String {
        let merged = JSONMerge.merge(base: try json(base), mine: try json(mine), present: try json(present))
        return merged.text
    }

    /// One row: what the page had, what it sends, what is there now, and what has to come of it.
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let base: String
        let mine: String
        let present: String
        let merged: String

        init(_ promise: String, base: String, mine: String, present: String, merged: String) {
            self.testDescription = promise
            self.base = base
            self.mine = mine
            self.present = present
            self.merged = merged
        }
    }

    static let objectRows = [
        Row(
            "two different members both survive", base: #"{"a":1,"b":1}"#, mine: #"{"a":2,"b":1}"#,
            present: #"{"a":1,"b":2}"#, merged: #"{"a":2,"b":2}"#),
        Row(
            "the same leaf: mine wins", base: #"{"a":1,"b":1}"#, mine: #"{"a":2,"b":1}"#,
            present: #"{"a":3,"b":5}"#, merged: #"{"a":2,"b":5}"#),
        Row(
            "the same leaf changed alike stays as it is there", base: #"{"a":1}"#, mine: #"{"a":2.0}"#,
            present: #"{"a":2,"b":1}"#, merged: #"{"a":2,"b":1}"#),
        Row(
            "deep members are merged too", base: #"{"g":{"x":{"a":1,"b":1}}}"#, mine: #"{"g":{"x":{"a":2,"b":1}}}"#,
            present: #"{"g":{"x":{"a":1,"b":2}}}"#, merged: #"{"g":{"x":{"a":2,"b":2}}}"#),
        Row(
            "what both added stands there", base: #"{"a":1}"#, mine: #"{"a":1,"m":1}"#, present: #"{"a":1,"p":1}"#,
            merged: #"{"a":1,"p":1,"m":1}"#),
        Row(
            "what both added under one name is merged", base: #"{}"#, mine: #"{"g":{"a":1,"c":1}}"#,
            present: #"{"g":{"b":1,"c":2}}"#, merged: #"{"g":{"b":1,"c":1,"a":1}}"#),
        Row(
            "arrays that both added are merged", base: #"{"f":null}"#, mine: #"{"f":[{"id":1}]}"#,
            present: #"{"f":[{"id":2}],"z":1}"#, merged: #"{"f":[{"id":2},{"id":1}],"z":1}"#),
        Row(
            "what I removed goes", base: #"{"a":1,"b":1}"#, mine: #"{"b":1}"#, present: #"{"a":1,"b":2}"#,
            merged: #"{"b":2}"#),
        Row(
            "what I removed goes although others changed it", base: #"{"a":{"n":1},"b":1}"#, mine: #"{"b":1}"#,
            present: #"{"a":{"n":2},"b":1}"#, merged: #"{"b":1}"#),
        Row(
            "what others removed stays away", base: #"{"a":1,"b":1}"#, mine: #"{"a":1,"b":2}"#, present: #"{"b":1}"#,
            merged: #"{"b":2}"#),
        Row(
            "a change to what others removed is dropped", base: #"{"a":{"n":1},"b":1}"#, mine: #"{"a":{"n":2},"b":1}"#,
            present: #"{"b":1}"#, merged: #"{"b":1}"#),
        Row(
            "what both removed is gone", base: #"{"a":1,"b":1,"c":1}"#, mine: #"{"b":2,"c":1}"#,
            present: #"{"b":1,"c":2}"#, merged: #"{"b":2,"c":2}"#),
        Row(
            "a change of kind is a change", base: #"{"a":{"n":1},"b":1}"#, mine: #"{"a":null,"b":1}"#,
            present: #"{"a":{"n":2},"b":2}"#, merged: #"{"a":null,"b":2}"#),
        Row(
            "a change to a thing that others replaced by another is dropped", base: #"{"e":{"id":1,"n":1},"b":1}"#,
            mine: #"{"e":{"id":1,"n":2},"b":2}"#, present: #"{"e":{"id":2,"n":1},"b":1}"#,
            merged: #"{"e":{"id":2,"n":1},"b":2}"#),
        Row(
            "a thing that I replaced by another is whole", base: #"{"e":{"id":1,"n":1},"b":1}"#,
            mine: #"{"e":{"id":2},"b":1}"#, present: #"{"e":{"id":1,"n":2,"m":1},"b":2}"#,
            merged: #"{"e":{"id":2},"b":2}"#),
        Row(
            "numbers and order written anew change nothing", base: #"{"a":1.0,"b":{"c":1,"d":2e0},"z":1}"#,
            mine: #"{"z":2,"b":{"d":2,"c":1.00},"a":1}"#, present: #"{"a":1.0,"b":{"c":1,"d":2e0},"z":1,"p":1}"#,
            merged: #"{"a":1.0,"b":{"c":1,"d":2e0},"z":2,"p":1}"#),
    ]

    static let arrayRows = [
        Row(
            "two elements, by id",
            base: #"[{"id":"a","x":1},{"id":"b","x":1}]"#, mine: #"[{"id":"a","x":2},{"id":"b","x":1}]"#,
            present: #"[{"id":"a","x":1},{"id":"b","x":3}]"#, merged: #"[{"id":"a","x":2},{"id":"b","x":3}]"#),
        Row(
            "two elements, by name",
            base: #"[{"name":"a","d":{"x":1}},{"name":"b","d":{"x":1}}]"#,
            mine: #"[{"name":"a","d":{"x":2}},{"name":"b","d":{"x":1}}]"#,
            present: #"[{"name":"a","d":{"x":1}},{"name":"b","d":{"x":3}}]"#,
            merged: #"[{"name":"a","d":{"x":2}},{"name":"b","d":{"x":3}}]"#),
        Row(
            "one element, two members",
            base: #"[{"id":1,"x":1,"y":1}]"#, mine: #"[{"id":1,"x":2,"y":1}]"#, present: #"[{"id":1.0,"x":1,"y":3}]"#,
            merged: #"[{"id":1.0,"x":2,"y":3}]"#),
        Row(
            "never by index: others put one in front",
            base: #"[{"id":"a","x":1}]"#, mine: #"[{"id":"a","x":2}]"#, present: #"[{"id":"n"},{"id":"a","x":1}]"#,
            merged: #"[{"id":"n"},{"id":"a","x":2}]"#),
        Row(
            "never by index: others removed the first",
            base: #"[{"id":"a","x":1},{"id":"b","x":1}]"#, mine: #"[{"id":"a","x":1},{"id":"b","x":2}]"#,
            present: #"[{"id":"b","x":1}]"#, merged: #"[{"id":"b","x":2}]"#),
        Row(
            "a change to a removed element is dropped",
            base: #"[{"id":"a","x":1},{"id":"b","x":1}]"#, mine: #"[{"id":"a","x":2},{"id":"b","x":2}]"#,
            present: #"[{"id":"b","x":1}]"#, merged: #"[{"id":"b","x":2}]"#),
        Row(
            "my removal removes, whatever others did to it",
            base: #"[{"id":"a","x":1},{"id":"b","x":1}]"#, mine: #"[{"id":"b","x":1}]"#,
            present: #"[{"id":"a","x":9},{"id":"b","x":2}]"#, merged: #"[{"id":"b","x":2}]"#),
        Row(
            "mine is added behind the element that it stands behind",
            base: #"[{"id":"a"},{"id":"b"}]"#, mine: #"[{"id":"a"},{"id":"m"},{"id":"b"}]"#,
            present: #"[{"id":"a"},{"id":"b"},{"id":"p"}]"#,
            merged: #"[{"id":"a"},{"id":"m"},{"id":"b"},{"id":"p"}]"#),
        Row(
            "mine is added in front where it stands in front",
            base: #"[{"id":"a"}]"#, mine: #"[{"id":"m"},{"id":"a"}]"#, present: #"[{"id":"a"},{"id":"p"}]"#,
            merged: #"[{"id":"m"},{"id":"a"},{"id":"p"}]"#),
        Row(
            "both added at the end: mine is the later one",
            base: #"[{"id":"a"}]"#, mine: #"[{"id":"a"},{"id":"m"},{"id":"n"}]"#,
            present: #"[{"id":"a"},{"id":"p"},{"id":"q"}]"#,
            merged: #"[{"id":"a"},{"id":"p"},{"id":"q"},{"id":"m"},{"id":"n"}]"#),
        Row(
            "both added the same element",
            base: #"[]"#, mine: #"[{"id":"n","x":1}]"#, present: #"[{"id":"n","y":1}]"#,
            merged: #"[{"id":"n","y":1,"x":1}]"#),
        Row(
            "my new order, their change",
            base: #"[{"id":"a","x":1},{"id":"b","x":1}]"#, mine: #"[{"id":"b","x":1},{"id":"a","x":1}]"#,
            present: #"[{"id":"a","x":2},{"id":"b","x":1}]"#, merged: #"[{"id":"b","x":1},{"id":"a","x":2}]"#),
        Row(
            "my new order, their addition",
            base: #"[{"id":"a"},{"id":"b"}]"#, mine: #"[{"id":"b"},{"id":"a"}]"#,
            present: #"[{"id":"a"},{"id":"p"},{"id":"b"}]"#, merged: #"[{"id":"b"},{"id":"a"},{"id":"p"}]"#),
        Row(
            "their new order, my change",
            base: #"[{"id":"a","x":1},{"id":"b","x":1}]"#, mine: #"[{"id":"a","x":2},{"id":"b","x":1}]"#,
            present: #"[{"id":"b","x":1},{"id":"a","x":1}]"#, merged: #"[{"id":"b","x":1},{"id":"a","x":2}]"#),
        Row(
            "names that repeat are told apart by occurrence",
            base: #"[{"name":"t","x":1},{"name":"t","x":1}]"#, mine: #"[{"name":"t","x":1},{"name":"t","x":2}]"#,
            present: #"[{"name":"t","x":3},{"name":"t","x":1}]"#,
            merged: #"[{"name":"t","x":3},{"name":"t","x":2}]"#),
        Row(
            "other arrays are one value",
            base: #"[1,2,3]"#, mine: #"[1,2,4]"#, present: #"[0,2,3]"#, merged: #"[1,2,4]"#),
        Row(
            "points without a name are one value",
            base: #"[{"x":1,"y":1},{"x":2,"y":2}]"#, mine: #"[{"x":1,"y":9},{"x":2,"y":2}]"#,
            present: #"[{"x":1,"y":1},{"x":7,"y":2}]"#, merged: #"[{"x":1,"y":9},{"x":2,"y":2}]"#),
        Row(
            "an array that only others changed stays theirs",
            base: #"[1,2,3]"#, mine: #"[1.0,2,3]"#, present: #"[0,2,3]"#, merged: #"[0,2,3]"#),
        Row(
            "emptied by me",
            base: #"[{"id":"a"},{"id":"b"}]"#, mine: #"[]"#, present: #"[{"id":"a"},{"id":"b"},{"id":"p"}]"#,
            merged: #"[{"id":"p"}]"#),
    ]

    @Test(arguments: objectRows)
    func `objects are merged by member`(row: Row) throws {
        #expect(try Self.merge(row.base, mine: row.mine, present: row.present) == row.merged)
    }

    @Test(arguments: arrayRows)
    func `arrays are merged by element`(row: Row) throws {
        func scene(_ array: String) -> String { #"{"id":"s","list":\#(array)}"# }
        let merged = try Self.merge(scene(row.base), mine: scene(row.mine), present: scene(row.present))
        #expect(merged == scene(row.merged))
    }

    @Test func `another id at the root replaces the whole scene`() throws {
        let base = #"{"id":"a","x":1,"y":1}"#
        let present = #"{"id":"a","x":1,"y":2,"p":1}"#
        #expect(try Self.merge(base, mine: #"{"id":"b","x":1}"#, present: present) == #"{"id":"b","x":1}"#)
        #expect(try Self.merge(base, mine: #"{"x":1}"#, present: present) == #"{"x":1}"#)
        // Somebody switched to another scene: sending the old one again switches back, whole.
        #expect(try Self.merge(present, mine: base, present: #"{"id":"b","x":1}"#) == base)
    }

    @Test func `where there is no scene yet, mine is the scene`() throws {
        #expect(try Self.merge("null", mine: #"{"id":"a"}"#, present: "null") == #"{"id":"a"}"#)
        #expect(try Self.merge(#"{"id":"a","x":1}"#, mine: #"{"id":"a"}"#, present: "null") == #"{"id":"a"}"#)
        let added = try Self.merge("null", mine: #"{"id":"a","x":1}"#, present: #"{"id":"a","y":2}"#)
        #expect(added == #"{"id":"a","y":2,"x":1}"#)
    }

    @Test func `parts that only I changed are mine to the letter, parts that I didn't change are theirs`() throws {
        let base = #"{"id":"s","a":{"x":1.0,"y":2},"b":{"x":1.0,"y":2}}"#
        let mine = #"{"b":{"y":2,"x":1},"a":{"y":3.50,"x":1},"id":"s"}"#
        #expect(try Self.merge(base, mine: mine, present: base) == mine)
        let present = #"{"id":"s","a":{"x":1.0,"y":2},"b":{"x":1.00,"y":5}}"#
        #expect(
            try Self.merge(base, mine: mine, present: present)
                == #"{"id":"s","a":{"y":3.50,"x":1},"b":{"x":1.00,"y":5}}"#)
    }

    @Test func `an expanded scene is merged like an encoded one`() throws {
        let base = try Self.json(#"{"id":"s","a":[{"id":"t","x":1.0},{"id":"u","x":1}],"n":{"m":[1]},"e":[]}"#)
        let mine = try Self.json(#"{"id":"s","a":[{"id":"t","x":2.0},{"id":"u","x":1}],"n":{"m":[1]},"e":[]}"#)
        let present = try Self.json(#"{"id":"s","a":[{"id":"t","x":1.0},{"id":"u","x":3}],"n":{"m":[1]},"e":[]}"#)
        let merged = JSONMerge.merge(base: base, mine: mine, present: present)
        let expanded = JSONMerge.merge(
            base: base.expanded(levels: 2), mine: mine.expanded(levels: 2), present: present.expanded(levels: 2))
        #expect(expanded.text == merged.text)
        #expect(JSONMerge.merge(base: base, mine: mine.expanded(levels: 2), present: present).text == merged.text)
    }

    @Test func `a client that changed nothing gets the present scene itself`() throws {
        let base = try Self.json(#"{"id":"s","a":[{"id":"t","x":1}],"n":1.0}"#)
        let rewritten = try Self.json(#"{"n":1,"a":[{"x":1.0,"id":"t"}],"id":"s"}"#)
        let present = try Self.json(#"{"id":"s","a":[{"id":"t","x":2}],"n":1.0,"p":null}"#)
        #expect(JSONMerge.merge(base: base, mine: rewritten, present: present).text == present.text)
        #expect(JSONMerge.merge(base: base, mine: rewritten, present: base) == base)
    }
}

@Suite struct JSONMergeBaseTests {
    static func scene(_ ax: Int, _ bx: Int, more: [JSONValue] = []) -> JSONValue {
        let tokens: [JSONValue] = [["id": "a", "x": .number(ax)], ["id": "b", "x": .number(bx)]]
        return ["id": "s", "tokens": .array(tokens + more)]
    }

    @Test func `the base is the candidate with the smallest difference`() {
        let candidates = [Self.scene(0, 3), Self.scene(0, 2), Self.scene(0, 1)]
        #expect(JSONMerge.indexOfBase(candidates, mine: Self.scene(5, 2)) == 1)
        #expect(JSONMerge.indexOfBase(candidates, mine: Self.scene(0, 1)) == 2)
    }

    @Test func `on ties the newest is the base, and without candidates there is none`() {
        let candidates = [Self.scene(0, 3), Self.scene(0, 2), Self.scene(0, 1)]
        #expect(JSONMerge.indexOfBase(candidates, mine: Self.scene(0, 9)) == 0)
        #expect(JSONMerge.indexOfBase([], mine: Self.scene(0, 9)) == nil)
    }

    @Test func `without candidates mine replaces the present scene`() {
        let present = Self.scene(3, 4, more: [["id": "c"]])
        let merged = JSONMerge.merge(candidates: [], mine: Self.scene(1, 2), present: present)
        #expect(merged.scene == Self.scene(1, 2))
        #expect(merged.base == nil)
    }

    @Test func `the merge takes the likeliest candidate`() {
        // The page had b at 2, moved a; meanwhile b went on to 3.
        let candidates = [Self.scene(0, 3), Self.scene(0, 2)]
        let merged = JSONMerge.merge(candidates: candidates, mine: Self.scene(7, 2), present: Self.scene(0, 3))
        #expect(merged.scene == Self.scene(7, 3))
        #expect(merged.base == 1)
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":1.0}"#, 0),
        (#"{"a":1,"b":{"c":[1,2]}}"#, #"{"b":{"c":[1.0,2e0]},"a":1}"#, 0),
        (#"{"a":1}"#, #"{"a":2}"#, 1),
        (#"{"a":1}"#, #"{"a":[1]}"#, 1),
        (#"{"a":1,"b":2}"#, #"{"a":2}"#, 2),
        (#"{"a":{"x":1,"y":1}}"#, #"{}"#, 3),
        (#"{}"#, #"{"a":{"x":1,"y":1}}"#, 3),
        (#"[1,2,3]"#, #"[4,5,6,7]"#, 1),
        (#"[{"id":1,"x":1},{"id":2,"x":1}]"#, #"[{"id":1,"x":1},{"id":2,"x":2}]"#, 1),
        (#"[{"id":1,"x":1},{"id":2,"x":1}]"#, #"[{"id":2,"x":1},{"id":1,"x":1}]"#, 1),
        (#"[{"id":1,"x":1},{"id":2,"x":1}]"#, #"[{"id":2,"x":1}]"#, 3),
        (#"[{"id":2,"x":1}]"#, #"[{"id":1,"x":1},{"id":2,"x":2}]"#, 4),
        (#"[{"x":1}]"#, #"[{"x":2}]"#, 1),
    ])
    func `the difference counts what a user would have to change`(a: String, b: String, difference: Int) throws {
        let (a, b) = (try JSONValue.parse(text: a), try JSONValue.parse(text: b))
        #expect(JSONMerge.difference(a, b) == difference)
        #expect((JSONMerge.difference(b, a) == 0) == (difference == 0))
    }

    @Test func `counting stops at the limit`() throws {
        let a = try JSONValue.parse(text: #"{"a":1,"b":1,"c":[{"id":1},{"id":2},{"id":3}]}"#)
        let b = try JSONValue.parse(text: #"{"a":2,"b":2,"c":[]}"#)
        #expect(JSONMerge.difference(a, b) == 8)
        #expect(JSONMerge.difference(a, b, upTo: 2) >= 2)
    }
}
