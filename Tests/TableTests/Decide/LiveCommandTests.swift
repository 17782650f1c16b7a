import JSONDocument
import Testing

@testable import Table

@Suite struct LiveCommandTests {
    /// A scene of about 20 KB with tokens that can be dragged.
    private static func scene(tokens: Int = 100, id: JSONValue = "live") -> JSONValue {
        let filler: JSONValue = .string(String(repeating: "fog ", count: 30))
        let list = (0..<tokens).map { index -> JSONValue in
            ["id": .string("t\(index)"), "note": filler, "position": ["x": .number(index), "y": 0]]
        }
        return ["id": id, "name": "Battle", "initiativeOrder": .array(list)]
    }

    private static func moved(_ scene: JSONValue, token: Int, x: Int) throws -> JSONValue {
        var scene = scene
        let pointer = try JSONPointer("/initiativeOrder/\(token)/position/x")
        try scene.apply(JSONPatch([.replace(pointer, .number(x))]))
        return scene
    }

    @Test func draggingOneTokenIsASmallEvent() throws {
        var table = DecideFixture()
        let scene = Self.scene()
        try table.run("live.change", ["scene": scene])
        let moved = try Self.moved(scene, token: 40, x: 1234)
        let decision = try table.run(.liveScene(scene: moved, bases: [scene]))
        #expect(decision.type == "live.changed")
        #expect(decision.events[0].patch.operations.count == 1)
        #expect(decision.patchByteCount < 120)
        #expect(!decision.liveForOrigin)
        #expect(table.document[.live] == moved)
    }

    /// Names and ids too, by which elements are aligned, elements that are no objects, and names that need escapes.
    @Test func oneScalarIsDecidedAsAnyPatchIs() throws {
        var table = DecideFixture()
        try table.run(
            "live.change",
            [
                "scene": .parse(
                    text: #"{"id":"a","n":1.0,"on":true,"of":null,"a~b/c":"x","list":[1,"a",[2,{"k":3}]],"#
                        + #""maps":[{"name":"m","x":1},{"name":"m","x":2},{"id":"i","x":3},{"x":4}]}"#)
            ])
        let paths = [
            "/id", "/n", "/on", "/of", "/a~0b~1c", "/list/0", "/list/1", "/list/2/0", "/list/2/1/k", "/maps/0/name",
            "/maps/1/x", "/maps/2/id", "/maps/3/x",
        ]
        let context = DecisionContext(now: table.now, makeUUID: { "" })
        let deciding = Deciding(document: table.document, context: context)
        for path in paths {
            for text in ["1", "1e0", "2.5", "true", "null", #""a""#, #""m""#, #""i""#] {
                let pointer = try JSONPointer("/live" + path)
                let patch = JSONPatch([.replace(pointer, try .parse(text: text))])
                let quick = try #require(deciding.scalarReplacement(patch))
                #expect(quick.events == (try deciding.anyLivePatch(patch)).events)
            }
        }
    }

    @Test(arguments: [
        #"[{"op":"replace","path":"/live","value":null}]"#, #"[{"op":"replace","path":"/viewer/blank","value":true}]"#,
        #"[{"op":"replace","path":"/live/n","value":[]}]"#, #"[{"op":"replace","path":"/live/list","value":1}]"#,
        #"[{"op":"replace","path":"/live/nothing","value":1}]"#, #"[{"op":"add","path":"/live/n","value":2}]"#,
        #"[{"op":"replace","path":"/live/n","value":2},{"op":"replace","path":"/live/n","value":3}]"#, "[]",
    ])
    func otherPatchesAreAppliedAndCompared(text: String) throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": .parse(text: #"{"id":"a","n":1.0,"list":[1]}"#)])
        let context = DecisionContext(now: table.now, makeUUID: { "" })
        let patch = try JSONPatch(.parse(text: text))
        #expect(Deciding(document: table.document, context: context).scalarReplacement(patch)?.events == nil)
    }

    @Test func theSameSceneWrittenDifferentlyChangesNothing() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": .parse(text: #"{"id":"a","n":1.0,"b":[]}"#)])
        let decision = try table.run("live.change", ["scene": .parse(text: #"{"b":[],"n":1,"id":"a"}"#)])
        #expect(decision.events.isEmpty)
        #expect(!decision.liveForOrigin)
    }

    @Test func twoWhoDragDifferentTokensBothGetTheirWay() throws {
        var table = DecideFixture()
        let scene = Self.scene(tokens: 5)
        try table.run("live.change", ["scene": scene])
        let first = try Self.moved(scene, token: 1, x: 50)
        try table.run(.liveScene(scene: first, bases: [scene]))
        let second = try Self.moved(scene, token: 3, x: 70)
        let decision = try table.run(.liveScene(scene: second, bases: [scene]))
        #expect(decision.liveForOrigin)
        #expect(table.document[.live] == (try Self.moved(first, token: 3, x: 70)))
    }

    @Test func theNearestBaseCounts() throws {
        var table = DecideFixture()
        let old = Self.scene(tokens: 5)
        let present = try Self.moved(try Self.moved(old, token: 1, x: 50), token: 2, x: 60)
        try table.run("live.change", ["scene": present])
        // It had the present scene and moved token 4; against the old one it would seem to have moved three.
        let sent = try Self.moved(present, token: 4, x: 9)
        let decision = try table.run(.liveScene(scene: sent, bases: [old, present]))
        #expect(decision.events[0].patch.operations.count == 1)
        #expect(table.document[.live] == sent)
    }

    @Test func aClientThatIsBehindAndChangedNothingIsOnlyToldThePresent() throws {
        var table = DecideFixture()
        let old = Self.scene(tokens: 3)
        let present = try Self.moved(old, token: 1, x: 50)
        try table.run("live.change", ["scene": present])
        let decision = try table.run(.liveScene(scene: old, bases: [old]))
        #expect(decision.events.isEmpty)
        #expect(decision.liveForOrigin)
        #expect(table.document[.live] == present)
    }

    @Test func anotherSceneReplacesTheWhole() throws {
        var table = DecideFixture()
        let old = Self.scene(tokens: 3)
        try table.run("live.change", ["scene": old])
        let other = Self.scene(tokens: 1, id: "other")
        let decision = try table.run(.liveScene(scene: other, bases: [old]))
        #expect(table.document[.live] == other)
        #expect(!decision.liveForOrigin)
    }

    @Test func aPatchMayBeWrittenLikeTheEventsOrRelativeToTheScene() throws {
        for path in ["/live/name", "/name"] {
            var table = DecideFixture()
            try table.run("live.change", ["scene": ["id": "a", "name": "x"]])
            let patch: JSONValue = [["op": "replace", "path": .string(path), "value": "y"]]
            let decision = try table.run("live.change", ["patch": patch])
            #expect(decision.events[0].patch == JSONPatch([.replace(try JSONPointer("/live/name"), "y")]))
        }
    }

    @Test func testsAndCopiesOfAPatchDoNotReachTheJournal() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "a", "name": "x", "tags": ["t"]]])
        let patch: JSONValue = [
            ["op": "test", "path": "/live/name", "value": "x"],
            ["op": "copy", "from": "/live/tags", "path": "/live/copy"],
        ]
        try table.run("live.change", ["patch": patch])
        #expect(table.document[.live]["copy"] == ["t"])
    }

    @Test func aPatchThatDoesNotFitOrIsNoneIsRefused() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "a", "name": "x"]])
        func refusal(_ patch: JSONValue) -> CommandError.Code? {
            table.refusal(of: "live.change", ["patch": patch])?.code
        }
        #expect(refusal([["op": "test", "path": "/live/name", "value": "z"]]) == .conflict)
        #expect(refusal([["op": "remove", "path": "/live/gone"]]) == .conflict)
        #expect(refusal([["op": "replace", "path": "/live", "value": []]]) == .validation)
        #expect(refusal([["op": "explode"]]) == .validation)
        #expect(refusal("x") == .validation)
        // Out of /live: taken as relative to the scene, so it can't touch anything else.
        #expect(refusal([["op": "remove", "path": "/scenes/x"]]) == .conflict)
        #expect(refusal([["op": "move", "from": "/viewer", "path": "/live/x"]]) == .conflict)
        for scene in [.null, [], "text", 1] as [JSONValue] {
            #expect(table.refusal(of: "live.change", ["scene": scene])?.code == .validation)
        }
        #expect(table.refusal(of: "live.change", [:])?.code == .validation)
    }
}

@Suite struct ViewerCommandTests {
    @Test(arguments: [
        ("viewer.blank", "viewer.blanked", "viewer.unblank", "viewer.unblanked", "blank"),
        ("viewer.rotate", "viewer.rotated", "viewer.unrotate", "viewer.unrotated", "rotated"),
    ])
    func switchesMakeAnEventOnlyWhenTheyChange(
        on: String, onType: String, off: String, offType: String, member: String
    ) throws {
        var table = DecideFixture()
        #expect(try table.run(off).events.isEmpty)
        let decision = try table.run(on)
        #expect(decision.type == onType)
        #expect(decision.patchByteCount < 70)
        #expect(table.document.entry(.viewer, member) == true)
        #expect(try table.run(on).events.isEmpty)
        #expect(try table.run(off).type == offType)
    }

    @Test func nightModeKeepsWhatIsNotGiven() throws {
        var table = DecideFixture()
        let decision = try table.run("viewer.night-mode", ["enabled": true, "brightness": 60, "secret": "dropped"])
        #expect(decision.type == "viewer.night-mode-changed")
        try table.run("viewer.night-mode", ["brightness": .decimal("40.5")])
        #expect(table.document.entry(.viewer, "nightMode")?.text == #"{"enabled":true,"brightness":40.5}"#)
        #expect(try table.run("viewer.night-mode", ["enabled": true]).events.isEmpty)
        #expect(table.refusal(of: "viewer.night-mode", ["brightness": "x"])?.fields.map(\.type) == ["float_type"])
    }

    /// The sum of what 10,000 insertions at a list's front move is far over the limit, of 2,000 not.
    @Test func aPatchMayBeLargeButNotAskForTooMuchWork() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "a", "list": []]])
        func insertions(_ count: Int) -> JSONValue {
            let operation: JSONValue = ["op": "add", "path": "/live/list/0", "value": 1]
            return ["patch": .array(Array(repeating: operation, count: count))]
        }
        #expect(table.refusal(of: "live.change", insertions(10_000))?.code == .tooLarge)
        try table.run("live.change", insertions(2_000))
        #expect(table.document[.live]["list"]?.count == 2_000)
        #expect(table.refusal(of: "live.change", insertions(10_001))?.code == .tooLarge)
    }

    /// A few hundred bytes that would make a scene of 2⁶⁰ values.
    @Test func aPatchThatDoublesTheSceneAgainAndAgainIsRefused() throws {
        var table = DecideFixture()
        try table.run("live.change", ["scene": ["id": "a", "list": [1]]])
        let copy: JSONValue = ["op": "copy", "from": "/live/list", "path": "/live/list/-"]
        let refusal = table.refusal(of: "live.change", ["patch": .array(Array(repeating: copy, count: 60))])
        #expect(refusal?.code == .tooLarge)
        #expect(refusal?.message.contains("Send the scene instead") == true)
    }
}
