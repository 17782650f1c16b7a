import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TableServer

/// The handlers before a connection's first request (swift.md, section 1, pitfalls 1 to 3).
@Suite struct PreUpgradeTests {
    private func filtered() throws -> EmbeddedChannel {
        let rules = UpgradeRules(path: "/ws", allowedOrigins: [])
        let channel = EmbeddedChannel(handler: UpgradeFilter(rules: rules, logger: Logger(label: "test")))
        return channel
    }

    private func head(_ uri: String, _ headers: HTTPHeaders) -> HTTPServerRequestPart {
        .head(HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers))
    }

    private func received(_ channel: EmbeddedChannel) throws -> HTTPRequestHead? {
        guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self) else { return nil }
        return head
    }

    private static let handshake: HTTPHeaders = [
        "upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13", "sec-websocket-key": "x",
    ]

    @Test func `an upgrade that will not happen reaches the router whole, and closes`() throws {
        let channel = try filtered()
        try channel.writeInbound(head("/scenes/list", ["upgrade": "h2c", "connection": "Upgrade, HTTP2-Settings"]))
        let head = try #require(try received(channel))
        #expect(!head.headers.contains(name: "upgrade"))
        #expect(head.headers["connection"] == ["close"])
    }

    @Test func `only the first request can upgrade; a later one reaches the router as plain HTTP`() throws {
        let channel = try filtered()
        try channel.writeInbound(head("/health", [:]))
        #expect(try received(channel)?.uri == "/health")
        try channel.writeInbound(head("/ws", Self.handshake))
        let second = try #require(try received(channel))
        #expect(!second.headers.contains(name: "upgrade"))
        #expect(second.headers["connection"] == ["close"])
    }

    @Test func `a first request that upgrades passes untouched`() throws {
        let channel = try filtered()
        try channel.writeInbound(head("/ws", Self.handshake))
        #expect(try received(channel)?.headers["upgrade"] == ["websocket"])
    }

    @Test func `a connection that says nothing is closed`() throws {
        let channel = EmbeddedChannel(handler: PreUpgradeGuard(timeout: .seconds(10), logger: Logger(label: "test")))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func `a connection without a request does not hold up a shutdown`() throws {
        let channel = EmbeddedChannel(handler: PreUpgradeGuard(timeout: .seconds(10), logger: Logger(label: "test")))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(!channel.isActive)
    }

    @Test func `a refusal's text is escaped`() throws {
        let channel = try filtered()
        let origin = #"http://"evil\.example"#
        var headers = Self.handshake
        headers.add(name: "origin", value: origin)
        try channel.writeInbound(head("/ws", headers))
        var body = ""
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
            if case .body(.byteBuffer(let buffer)) = part { body += String(buffer: buffer) }
        }
        #expect(body.contains(#"http://\"evil\\.example"#))
    }
}
