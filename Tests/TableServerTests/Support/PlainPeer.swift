import JSONDocument
import Testing

@testable import TableServer

/// A plain scene client as the web client is one: it shows the newest scene that it was sent, or that it made itself.
final class PlainPeer {
    let socket: TestSocket
    /// What is on its screen.
    private(set) var scene: JSONValue = .null
    /// Every other message that it was sent, in order.
    private(set) var messages: [String] = []

    /// Connects and takes the greeting; then the scene, if the table has one.
    init(_ server: RunningServer, hasScene: Bool = false, receiveBuffer: Int32? = nil) async throws {
        socket = try await TestSocket.open(server.port, receiveBuffer: receiveBuffer)
        let status = try await socket.text()
        #expect(status == #"{"type":"connection_status","status":"connected"}"#)
        if hasScene { try await take() }
    }

    /// Takes one message.
    @discardableResult func take() async throws -> String {
        let text = try await socket.text()
        let message = try JSONValue.parse(text: text)
        if message["type"]?.stringValue == "scene_update", let scene = message["scene"] {
            self.scene = scene
        } else {
            messages.append(text)
        }
        return text
    }

    /// Takes messages until one has this type.
    func take(until type: String) async throws {
        while try JSONValue.parse(text: try await take())["type"]?.stringValue != type {}
    }

    /// Takes messages until this text comes.
    func take(through text: String) async throws {
        while try await take() != text {}
    }

    /// Its user changes the scene.
    func change(_ scene: JSONValue) async throws {
        self.scene = scene
        try await socket.send(#"{"type":"scene_update","scene":\#(scene.text)}"#)
    }

    /// Sends a marker that stands in the stream for everybody else.
    func mark(_ name: String) async throws -> String {
        try await socket.send(#"{"type":"highlight_marker","markerId":"\#(name)"}"#)
        return #"{"type":"highlight_marker","markerId":"\#(name)"}"#
    }
}
