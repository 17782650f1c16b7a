import JSONDocument
import Testing

@testable import Replay

@Suite struct SceneTallyTests {
    /// What events with these patches touch, on a table with the scene Crypt in the library and on the table.
    private func touched(_ patches: String...) throws -> [SceneTally.Count] {
        let document = try JSONValue.parse(
            text: #"{"live":{"id":"a","name":"Crypt"},"scenes":{"a":{"name":"Crypt"},"b/c":{"name":"Tavern"}}}"#)
        var tally = SceneTally(document)
        for (offset, patch) in patches.enumerated() { try tally.take(Array(patch.utf8).span, offset: Int64(offset)) }
        return tally.finish()
    }

    private func count(_ id: String, _ name: String?, _ events: Int) -> SceneTally.Count {
        SceneTally.Count(id: id, name: name, events: events)
    }

    @Test func `moving on the table touches the scene that is there`() throws {
        let move =
            #"[{"op":"replace","path":"/live/maps/0/x","value":1},{"op":"replace","path":"/live/maps/0/y","value":1}]"#
        #expect(try touched(move, move) == [count("a", "Crypt", 2)])
        #expect(try touched(#"[{"op":"replace","path":"/viewer/blank","value":true}]"#) == [])
    }

    @Test func `the library's scenes are told by their id, escapes and all`() throws {
        let patch = #"[{"op":"replace","path":"/scenes/b~1c/maps","value":[]}]"#
        let image = #"[{"op":"add","path":"/sceneImages/b~1c/i1","value":{}}]"#
        #expect(try touched(patch, image) == [count("b/c", "Tavern", 2)])
    }

    @Test func `a new scene on the table touches both, and a name is the newest`() throws {
        #expect(
            try touched(
                #"[{"op":"replace","path":"/live","value":{"id":"n","name":"Bridge"}}]"#,
                #"[{"op":"replace","path":"/live/name","value":"Old bridge"}]"#,
                #"[{"op":"replace","path":"/live/maps/0/x","value":1}]"#)
                == [count("n", "Old bridge", 3), count("a", "Crypt", 1)])
    }

    @Test func `a deleted scene keeps its name, an unnamed one has its id`() throws {
        #expect(try touched(#"[{"op":"remove","path":"/scenes/a"}]"#) == [count("a", "Crypt", 1)])
        #expect(try touched(#"[{"op":"add","path":"/scenes/z","value":{}}]"#) == [count("z", nil, 1)])
        #expect(
            try touched(
                #"[{"op":"replace","path":"/live","value":null}]"#, #"[{"op":"remove","path":"/scenes/a"}]"#)
                == [count("a", "Crypt", 2)])
    }

    @Test func `counting begins anew, names go on`() throws {
        var tally = SceneTally(try JSONValue.parse(text: #"{"live":{"id":"a","name":"Crypt"},"scenes":{}}"#))
        let move = Array(#"[{"op":"replace","path":"/live/x","value":1}]"#.utf8)
        try tally.take(move.span, offset: 0)
        #expect(tally.finish() == [count("a", "Crypt", 1)])
        #expect(tally.finish() == [])
        try tally.take(move.span, offset: 1)
        #expect(tally.finish() == [count("a", "Crypt", 1)])
    }
}
