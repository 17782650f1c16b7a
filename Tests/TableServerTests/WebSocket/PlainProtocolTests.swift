import JSONDocument
import NIOCore
import Table
import Testing

@testable import TableServer

/// The wire contract's section 4 against a real server.
@Suite struct PlainProtocolTests {
    private static let scene: JSONValue = ["id": "s1", "name": "Bridge", "maps": [], "x": 1]

    @Test func `a scene reaches the others and newcomers, not its sender`() async throws {
        try await RunningServer.run { server in
            let (sender, other) = (try await PlainPeer(server), try await PlainPeer(server))
            try await sender.change(Self.scene)
            try await other.take()
            #expect(other.scene == Self.scene)
            // The next thing that the sender hears of is not its own scene.
            let mark = try await other.mark("next")
            #expect(try await sender.take() == mark)
            #expect(try await PlainPeer(server, hasScene: true).scene == Self.scene)
        }
    }

    @Test func `messages are relayed in the contract's form, in order`() async throws {
        try await RunningServer.run { server in
            let sender = try await PlainPeer(server)
            let other = try await PlainPeer(server)
            let pairs = [
                (
                    #"{"type":"highlight_marker","markerId":"m","color":"red"}"#,
                    #"{"type":"highlight_marker","markerId":"m"}"#
                ),
                (#"{"type":"blank_viewer"}"#, #"{"type":"blank_viewer","isBlank":true}"#),
                (#"{"type":"blank_viewer","isBlank":false}"#, #"{"type":"blank_viewer","isBlank":true}"#),
                (#"{"type":"unblank_viewer"}"#, #"{"type":"unblank_viewer","isBlank":false}"#),
                (#"{"type":"rotate_viewer"}"#, #"{"type":"rotate_viewer","isRotated":true}"#),
                (#"{"type":"unrotate_viewer","isRotated":true}"#, #"{"type":"unrotate_viewer","isRotated":false}"#),
                (
                    #"{"type":"scene_event","eventType":"ripple_effect","x":0.25,"y":null,"z":1}"#,
                    #"{"type":"scene_event","eventType":"ripple_effect","x":0.25,"y":null}"#
                ),
                (
                    #"{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":60}"#,
                    #"{"type":"scene_event","eventType":"night_mode","enabled":true,"brightness":60}"#
                ),
            ]
            for (sent, _) in pairs { try await sender.socket.send(sent) }
            for (_, relayed) in pairs {
                #expect(try JSONValue.parse(text: try await other.take()) == JSONValue.parse(text: relayed))
            }
        }
    }

    @Test func `what nobody understands is passed over and the connection stays`() async throws {
        try await RunningServer.run { server in
            let sender = try await PlainPeer(server)
            let other = try await PlainPeer(server)
            for text in [
                "not json", "[1, 2]", #"{"no":"type"}"#, #"{"type":"made_up"}"#, #"{"type":"ping"}"#, "",
                #"{"type":"scene_update"}"#, #"{"type":"scene_update","scene":null}"#,
                #"{"type":"scene_update","scene":[]}"#, #"{"type":"scene_update","scene":{"v":NaN}}"#,
                #"{"type":"highlight_marker","markerId":""}"#, #"{"type":"scene_event","x":1}"#,
                #"{"type":"scene_update","scene":{"s":"\ud800"}}"#,
            ] {
                try await sender.socket.send(text)
            }
            try await sender.socket.send(ClientFrame(opcode: 2, payload: [1, 2, 3]))
            let mark = try await sender.mark("after")
            #expect(try await other.take() == mark)
            #expect(server.document["live"] == .null)
            #expect(server.table.committed.offset == -1)
        }
    }

    @Test func `the present scene is sent to the client that asks for it, and to nobody else`() async throws {
        try await RunningServer.run { server in
            let (asker, other) = (try await PlainPeer(server), try await PlainPeer(server))
            try await other.change(Self.scene)
            try await asker.take()
            try await asker.socket.send(#"{"type":"request_scene_update"}"#)
            #expect(try JSONValue.parse(text: try await asker.take())["scene"] == Self.scene)
            let mark = try await asker.mark("x")
            #expect(try await other.take() == mark)
        }
    }

    @Test func `what a restore changes reaches plain clients in their own words`() async throws {
        try await RunningServer.run { server in
            let viewer = try await PlainPeer(server)
            let events = try await EventPeer(server.port)
            try await events.take(until: "live")
            try await events.command("live.change", ["scene": Self.scene], id: "c1")
            try await events.command("viewer.blank", [:], id: "c2")
            try await events.command("live.change", ["scene": ["id": "other", "maps": []]], id: "c3")
            try await events.command("table.restore", ["to": 0], id: "c4")
            try await viewer.take(until: "unblank_viewer")
            #expect(viewer.scene == Self.scene)
            #expect(
                viewer.messages == [
                    #"{"type":"blank_viewer","isBlank":true}"#, #"{"type":"unblank_viewer","isBlank":false}"#,
                ])
        }
    }

    /// It once was taken for a change to the scene that the table had before, and only half of it arrived.
    @Test func `a scene sent whole arrives whole, whatever the table showed before`() async throws {
        try await RunningServer.run { server in
            let first = try await PlainPeer(server)
            try await first.change(["id": "old", "name": "Old", "maps": [], "gridSettings": ["showGrid": true]])
            try await server.wait(until: { $0["live"]?["id"] == "old" })
            let sender = try await PlainPeer(server, hasScene: true)
            try await sender.change([
                "id": "new", "name": "New", "folder": .null, "maps": [["name": "a.png"]],
                "gridSettings": ["showGrid": true],
            ])
            try await sender.change(["id": "new", "name": "Newer", "maps": [], "flags": [true, .null, 0]])
            let mark = try await sender.mark("end")
            try await first.take(through: mark)
            #expect(first.scene == ["id": "new", "name": "Newer", "maps": [], "flags": [true, .null, 0]])
            #expect(server.document["live"] == first.scene)
        }
    }

    /// It once was taken for the scene that the client had been sent before, in which nothing was changed.
    @Test func `a token that is dragged away and back at once stands where it stood, also after another's move`()
        async throws
    {
        try await RunningServer.run { server in
            let (anna, bert) = (try await PlainPeer(server), try await PlainPeer(server))
            try await bert.change(Self.board(["a": 0, "b": 0]))
            try await anna.take()
            try await bert.change(Self.board(["a": 0, "b": 1]))
            try await anna.take()
            for place in [3, 6, 3, 0] {
                try await anna.change(Self.board(["a": place, "b": 1]))
                // Committed one by one, as the scenes of a drag are.
                try await server.wait(until: { Self.place("a", in: $0["live"] ?? .null) == place })
            }
            try await bert.take(through: try await anna.mark("end"))
            #expect(Self.place("a", in: bert.scene) == 0)
        }
    }

    @Test func `two who drag different tokens at once both get their way`() async throws {
        try await RunningServer.run { server in
            let (anna, bert) = (try await PlainPeer(server), try await PlainPeer(server))
            var scene = Self.board(["a": 0, "b": 0])
            try await anna.change(scene)
            try await bert.take()
            // Each moves its own token, on whatever it has on its screen: it has not seen the other's last moves.
            for step in 1...200 {
                scene = Self.board(["a": step, "b": Self.place("b", in: anna.scene)])
                try await anna.change(scene)
                scene = Self.board(["a": Self.place("a", in: bert.scene), "b": step])
                try await bert.change(scene)
                if step % 10 == 0 {
                    try await anna.take(through: try await bert.mark("b\(step)"))
                    try await bert.take(through: try await anna.mark("a\(step)"))
                }
            }
            let judge = try await PlainPeer(server)
            let mark = try await judge.mark("end")
            try await anna.take(through: mark)
            try await bert.take(through: mark)
            let end = Self.board(["a": 200, "b": 200])
            #expect(server.document["live"] == end)
            #expect(anna.scene == end)
            #expect(bert.scene == end)
        }
    }

    private static func board(_ tokens: [String: Int]) -> JSONValue {
        let maps = tokens.sorted { $0.key < $1.key }.map { name, x in
            JSONValue.object([("name", .string(name)), ("data", ["position": ["x": .number(x), "y": 0]])])
        }
        return .object([("id", "s1"), ("maps", .array(maps))])
    }

    private static func place(_ name: String, in scene: JSONValue) -> Int {
        let map = scene["maps"]?.elements?.first { $0["name"]?.stringValue == name }
        return map?["data"]?["position"]?["x"]?.intValue ?? -1
    }
}
