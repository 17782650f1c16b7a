import JSONDocument
import Testing

@testable import TableServer

/// Issue 2, "How it is shown", point 2, over real sockets.
@Suite struct DragTests {
    @Test func `500 moves of one token in a 20 KB scene reach everybody, as small patches`() async throws {
        try await RunningServer.run { server in
            let (dragger, viewer) = (try await PlainPeer(server), try await PlainPeer(server))
            try await dragger.change(Self.scene(step: 0))
            try await viewer.take()
            let events = try await EventPeer(server.port)
            try await events.take(until: "live")
            try await events.fillTable()
            for step in 1...500 {
                try await dragger.change(Self.scene(step: step))
                if step == 250 {
                    // Cut off in the middle, wherever it is by then.
                    try await events.take(through: 100)
                    await events.socket.cut()
                }
            }
            try await server.wait(forLive: Self.scene(step: 500))
            try await events.reconnect(server.port)
            #expect(try await events.take()["resumed"] == true)
            try await events.take(until: "live")
            while viewer.scene != Self.scene(step: 500) { try await viewer.take() }

            #expect(events.document == server.document)
            #expect(events.document["live"] == Self.scene(step: 500))
            #expect(events.snapshotCount == 1)
            #expect(events.patchSizes.dropFirst().allSatisfy { (60...200).contains($0) })
            #expect(events.byteCount < 200_000)
            try await events.send(["type": "ping", "digest": true])
            // `take` compares the digest with the client's own document.
            #expect(try await events.take(until: "pong")["digest"] != nil)
        }
    }

    /// A scene of 20 KB in which one token stands somewhere else at each step.
    private static func scene(step: Int) -> JSONValue {
        let tokens = (0..<120).map { index in
            JSONValue.object([
                ("id", .string("token-\(index)")), ("name", .string("Goblin number \(index)")),
                ("position", ["x": .number(index == 60 ? step : index * 10), "y": .number(index)]),
                ("notes", .string(String(repeating: "n", count: 90))),
            ])
        }
        return .object([("id", "drag"), ("name", "Bridge"), ("tokens", .array(tokens))])
    }
}
