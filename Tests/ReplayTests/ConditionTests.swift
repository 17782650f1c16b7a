import JSONDocument
import Testing

@testable import Replay

/// Conditions as values.
@Suite struct ConditionTests {
    private let document: JSONValue = [
        "viewer": ["blank": true, "n": 1], "scenes": ["a": ["name": "Inn"], "b": [:]], "nothing": .null,
        "maps": ["Act 1/a b.png": 7], "list": [1, 2, 3],
    ]

    private func isMet(_ text: String) throws -> Bool {
        let parsed = try ParsedCondition.parse(text)
        return parsed.condition.isMet { index in
            guard case .pointer(let pointer) = parsed.places[index].thing else { return nil }
            return document.value(at: pointer)
        }
    }

    @Test(arguments: [
        "/viewer/blank", "/viewer/n == 1", "/viewer/n = 1.0", "/viewer/n != 2", "/viewer/n < 2", "/viewer/n >= 1",
        "2 > /viewer/n", "/scenes/a/name == \"Inn\"", "/scenes/a/name == 'Inn'", "/scenes/a/name < \"Joe\"",
        "exists /nothing", "exists(/nothing)", "/nothing == null", "not exists /missing", "!exists(/missing)",
        "/missing != 1", "not /missing == null", "count(/scenes) == 2", "count /list > 2", "count(/missing) == 0",
        "/missing or /viewer/blank and not /viewer/n == 2", "(/missing or /viewer/blank) && /viewer/n == 1",
        "at(\"/maps/Act 1~1a b.png\") == 7", "not /viewer/n", "/viewer/n == /viewer/n", "not /viewer/n < \"x\"",
    ])
    func `holds`(text: String) throws {
        #expect(try isMet(text))
        let parsed = try ParsedCondition.parse(text)
        #expect(try ParsedCondition.parse(parsed.description).condition == parsed.condition)
    }

    @Test(arguments: [
        "/viewer/n", "/missing", "/missing == null", "/viewer/n > 1", "/viewer/n < \"x\"", "/missing < 1",
        "/viewer/blank and /viewer/n == 2", "exists /missing", "/viewer/blank == 'true'",
        // and binds closer than or, not closest of all.
        "not (/viewer/blank or /missing)", "not /viewer/blank or /missing",
    ])
    func `doesn't hold`(text: String) throws {
        #expect(try !isMet(text))
    }

    @Test(arguments: [
        ("", 1), ("/a ==", 6), ("/a == )", 7), ("(/a", 4), ("/a /b", 4), ("7", 2), ("count(/a)", 10), ("/a~2", 1),
        ("dragon(\"x\")", 1), ("token", 6), ("token(3)", 7), ("/a == \"x", 7), ("/a == 1.", 7), ("/a and", 7),
        ("/a # 1", 4), ("exists", 7), ("live /name", 6), ("/a == -", 7), ("at(/a)", 4),
    ])
    func `what is wrong is told with its column`(text: String, column: Int) throws {
        let error = #expect(throws: ReplayError.self) { try ParsedCondition.parse(text) }
        #expect(error?.exitCode == 2)
        #expect(error?.description.hasPrefix("column \(column): ") == true, "\(error?.description ?? "")")
    }

    @Test func `deep and long ones are refused`() throws {
        for text in [String(repeating: "(", count: 100) + "/a", String(repeating: "not ", count: 100) + "/a"] {
            #expect(throws: ReplayError.self) { try ParsedCondition.parse(text) }
        }
        #expect(throws: ReplayError.self) { try ParsedCondition.parse(String(repeating: " ", count: 5000) + "/a") }
    }

    @Test func `names stand for things and pointers go on from them`() throws {
        let parsed = try ParsedCondition.parse(
            "token(\"Goblin 3\", \"Crypt\")/hp < 1 or live/name == 'x' or music/playing")
        #expect(
            parsed.places.map(\.thing) == [
                .named(.token, name: "Goblin 3", scene: "Crypt"), .named(.live, name: "", scene: nil),
                .named(.music, name: "", scene: nil),
            ])
        #expect(parsed.places.map(\.tail.text) == ["/hp", "/name", "/playing"])
        #expect(parsed.places.map(\.column) == [1, 38, 58])
        let again = try ParsedCondition.parse(parsed.description)
        #expect(again.condition == parsed.condition && again.places.map(\.thing) == parsed.places.map(\.thing))
    }
}

/// Which events may have changed a place, by their bytes alone.
@Suite struct PatchWatchTests {
    private func concerns(_ place: String, _ patch: String) throws -> Bool {
        PatchWatch([try JSONPointer(place)]).concerns([UInt8](patch.utf8).span)
    }

    private func replaced(_ path: String) -> String { #"[{"op":"replace","path":"\#(path)","value":1}]"# }

    @Test func `a value that is replaced concerns itself, what it holds and what holds it`() throws {
        for path in ["/live", "/live/maps", "/live/maps/3", "/live/maps/3/data", "/live/maps/3/data/x", ""] {
            #expect(try concerns("/live/maps/3/data", replaced(path)), "\(path)")
        }
        for path in ["/live/maps/4/data", "/live/mapsize", "/viewer", "/live/maps/30/data"] {
            #expect(try !concerns("/live/maps/3/data", replaced(path)), "\(path)")
        }
    }

    @Test func `what shifts indexes or changes who an element is concerns its neighbours`() throws {
        #expect(try concerns("/live/maps/3/data", #"[{"op":"remove","path":"/live/maps/1"}]"#))
        #expect(try concerns("/live/maps/3/data", #"[{"op":"add","path":"/live/maps/-","value":{}}]"#))
        #expect(try concerns("/live/maps/3/data", #"[{"op":"move","from":"/live/maps/1","path":"/live/maps/5"}]"#))
        #expect(try concerns("/live/maps/3/data", replaced("/live/maps/1/name")))
        #expect(try concerns("/live/maps/3/data", replaced("/live/maps/30")), "another may have come in its place")
        #expect(try !concerns("/live/maps/3/data", #"[{"op":"remove","path":"/scenes/a"}]"#))
        #expect(try concerns("/maps/ü", replaced(#"/maps/\u00fc"#)))
        for path in ["/live/maps/1/label", "/live/maps/1/name", "/live/maps/1", "/live/maps", "/live"] {
            #expect(try concerns("/live/maps/-", replaced(path)), "another may be called so, or have come: \(path)")
        }
        #expect(try concerns("/live/maps/-", #"[{"op":"add","path":"/live/maps/0","value":{}}]"#))
        #expect(try !concerns("/live/maps/-", replaced("/live/maps/1/data/x")))
    }

    private func mayChange(_ follower: PlaceFollower, _ path: String) -> Bool {
        let patch = Array(replaced(path).utf8)
        return follower.mayChange(patch.span)
    }

    /// A fight on the table took every event's look at a token in the library.
    @Test func `what is on the table concerns only what is of that scene`() throws {
        let scene = #"{"id":"s1","maps":[{"name":"a","x":1}]}"#
        let library = #""scenes":{"s1":\#(scene)}"#
        let live = try JSONValue.parse(text: #"{"live":\#(scene),\#(library)}"#)
        let away = try JSONValue.parse(text: #"{"live":{"id":"s2","maps":[{"name":"a"}]},\#(library)}"#)
        let token = PlaceIdentity(try JSONPointer("/live/maps/0"), in: live)
        for (document, paths) in [
            (live, ["/live/maps/0/x": true, "/scenes/s1/maps/0/x": false, "/live/id": true, "/live": true]),
            (away, ["/live/maps/0/x": false, "/scenes/s1/maps/0/x": true, "/live/id": true, "/live": true]),
        ] {
            let follower = PlaceFollower(token, in: document)
            for (path, isConcerned) in paths { #expect(mayChange(follower, path) == isConcerned, "\(path)") }
        }
        var follower = PlaceFollower(token, in: live)
        _ = follower.look(at: away)
        #expect(!mayChange(follower, "/live/maps/0/x") && mayChange(follower, "/scenes/s1/maps/0/x"))
    }

    /// The promise, by trying: where the watch says no, the place is as it was; what follows it, is where it is.
    @Test(arguments: 0..<20) func `a change is never overlooked`(seed: Int) throws {
        var random = RandomEdits(seed: UInt64(seed) + 100)
        var document: JSONValue = ["a": [], "o": [:]]
        for event in 0..<20 { try document.apply(random.patch(for: document, event: event)) }
        let pointers = try ["/a/0/v", "/a/1", "/a/2/w/0", "/o/k1", "/a", "/o", ""].map { try JSONPointer($0) }
        let identities =
            pointers.map { PlaceIdentity($0, in: document) } + pointers.map { PlaceIdentity(literally: $0) }
        var followers = identities.map { PlaceFollower($0, in: document) }
        var overlooked = 0
        for event in 20..<120 {
            let patch = random.patch(for: document, event: event)
            let bytes = patch.serialized()
            let concerned = followers.map { $0.mayChange(bytes.span) }
            try document.apply(patch)
            for index in followers.indices {
                if concerned[index] { _ = followers[index].look(at: document) } else { overlooked += 1 }
                let pointer = identities[index].pointer(in: document)
                #expect(followers[index].pointer == pointer, "\(pointers[index % pointers.count]) after \(event)")
                #expect(followers[index].value == pointer.flatMap { document.value(at: $0) })
            }
        }
        // Otherwise it would be no use.
        #expect(overlooked > 0)
    }
}
