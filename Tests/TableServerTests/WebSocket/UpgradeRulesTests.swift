import NIOHTTP1
import Testing

@testable import TableServer

@Suite struct UpgradeRulesTests {
    private static let handshake: HTTPHeaders = [
        "host": "h", "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    private func decide(
        _ uri: String = "/ws", method: HTTPMethod = .GET, change: (inout HTTPHeaders) -> Void = { _ in }
    ) -> UpgradeDecision {
        var headers = Self.handshake
        change(&headers)
        return UpgradeRules(path: "/ws", allowedOrigins: []).decide(
            HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers))
    }

    private func status(_ decision: UpgradeDecision) -> Int? {
        if case .refuse(let refusal) = decision { Int(refusal.status.code) } else { nil }
    }

    @Test(arguments: ["/ws", "/ws?journal=x&after=3", "/%77s", "/w%73?x", "http://h:8010/ws?y", "/ws#f"])
    func `the one path is upgraded, whatever its query`(uri: String) { #expect(decide(uri) == .webSocket) }

    @Test(arguments: ["/", "/wss", "/ws/", "/WS", "//ws", "/ws/a", "/scenes/list", "http://h/", "/%ws"])
    func `every other path is refused with 403`(uri: String) { #expect(status(decide(uri)) == 403) }

    @Test func `another version is answered 426 with the one that is spoken`() {
        let decision = decide { $0.replaceOrAdd(name: "sec-websocket-version", value: "8") }
        guard case .refuse(let refusal) = decision else { return #expect(Bool(false), "\(decision)") }
        #expect(refusal.status == .upgradeRequired)
        #expect(refusal.headers.contains(.init(name: "sec-websocket-version", value: "13")))
        #expect(status(decide { $0.remove(name: "sec-websocket-version") }) == 426)
    }

    @Test func `a handshake without its key, with two, or with a body is refused`() {
        #expect(status(decide { $0.remove(name: "sec-websocket-key") }) == 400)
        #expect(status(decide { $0.add(name: "sec-websocket-key", value: "x") }) == 400)
        #expect(status(decide { $0.add(name: "content-length", value: "5") }) == 400)
        #expect(status(decide { $0.add(name: "transfer-encoding", value: "chunked") }) == 400)
    }

    @Test func `a page that may not connect gets 403`() {
        #expect(status(decide { $0.add(name: "origin", value: "http://evil.example") }) == 403)
        #expect(decide { $0.add(name: "origin", value: "http://localhost:3000") } == .webSocket)
    }

    @Test func `what is no WebSocket request stays HTTP`() {
        #expect(decide { $0.replaceOrAdd(name: "upgrade", value: "h2c") } == .http)
        #expect(decide(method: .POST) == .http)
        #expect(decide { $0.replaceOrAdd(name: "upgrade", value: "h2c, WebSocket") } == .webSocket)
    }

    @Test func `only the named subprotocol selects events`() {
        func wants(_ offer: String?) -> Bool {
            var headers = Self.handshake
            if let offer { headers.add(name: "sec-websocket-protocol", value: offer) }
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws", headers: headers)
            return UpgradeRules.wantsEvents(head)
        }
        #expect(wants("spelltable.events.v1"))
        #expect(wants("other, spelltable.events.v1"))
        #expect(!wants(nil))
        #expect(!wants("spelltable.events.v2"))
    }
}
