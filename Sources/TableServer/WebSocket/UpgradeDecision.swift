import NIOHTTP1

/// An upgrade that is not granted: what the client is told instead, over HTTP.
package struct UpgradeRefusal: Sendable, Equatable {
    /// The status of the answer.
    package var status: HTTPResponseStatus
    /// The `detail` of its JSON body.
    package var detail: String
    /// Headers that go with it, such as the version that would have been accepted.
    package var headers: [HeaderField] = []

    /// One header of the answer.
    package struct HeaderField: Sendable, Equatable {
        /// Its name, in lower case.
        package var name: String
        /// Its value.
        package var value: String
    }
}

/// What becomes of a connection's request that has an `Upgrade` header.
package enum UpgradeDecision: Sendable, Equatable {
    /// Serve it as plain HTTP: it asks for something that this server does not speak (`h2c`), which a server may ignore.
    case http
    /// Make it a WebSocket.
    case webSocket
    /// Answer it, then close.
    case refuse(UpgradeRefusal)
}

/// Decides about upgrades by the request's head alone.
///
/// Pure; the rules are RFC 6455 section 4.2.1, the wire contract's section 4 and ``OriginPolicy``.
package struct UpgradeRules: Sendable {
    /// The subprotocol of `sync-protocol.md`; without it a client gets the plain scene protocol.
    package static let eventsProtocol = "spelltable.events.v1"

    private let path: String?
    private let origins: OriginPolicy

    /// The rules for one path (nil: every path) and the origins beyond the usual ones.
    package init(path: String?, allowedOrigins: [String]) {
        self.path = path
        self.origins = OriginPolicy(allowed: allowedOrigins)
    }

    /// What becomes of a connection's first request.
    package func decide(_ head: HTTPRequestHead) -> UpgradeDecision {
        guard Self.asksForWebSocket(head), head.method == .GET else { return .http }
        if let path, Self.path(of: head.uri) != path {
            return .refuse(UpgradeRefusal(status: .forbidden, detail: "There is no WebSocket here, only at \(path)"))
        }
        guard origins.allows(head.headers) else {
            return .refuse(
                UpgradeRefusal(
                    status: .forbidden,
                    detail: "Pages of \(head.headers["origin"].joined(separator: ", ")) may not connect; "
                        + "the server's --allow-origin lists those that may"))
        }
        return Self.handshakeFault(head).map { .refuse($0) } ?? .webSocket
    }

    /// Whether the client wants the event protocol.
    package static func wantsEvents(_ head: HTTPRequestHead) -> Bool {
        head.headers[canonicalForm: "sec-websocket-protocol"].contains { $0 == eventsProtocol }
    }

    /// Whether the request asks to become a WebSocket at all.
    package static func asksForWebSocket(_ head: HTTPRequestHead) -> Bool {
        head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
    }

    /// What is wrong with the handshake's headers, if anything is.
    private static func handshakeFault(_ head: HTTPRequestHead) -> UpgradeRefusal? {
        guard head.headers["sec-websocket-version"] == ["13"] else {
            return UpgradeRefusal(
                status: .upgradeRequired, detail: "Only WebSocket version 13 is spoken here",
                headers: [
                    .init(name: "upgrade", value: "websocket"), .init(name: "sec-websocket-version", value: "13"),
                ])
        }
        guard head.headers["sec-websocket-key"].count == 1 else {
            return UpgradeRefusal(status: .badRequest, detail: "The handshake needs one Sec-WebSocket-Key header")
        }
        // NIO's upgrader would take the body for frames.
        guard !head.headers.contains(name: "content-length"), !head.headers.contains(name: "transfer-encoding") else {
            return UpgradeRefusal(status: .badRequest, detail: "A WebSocket handshake has no body")
        }
        return nil
    }

    /// The path of a request target, percent-decoded as a whole as everywhere in the contract.
    private static func path(of target: String) -> String {
        var path = Substring(target).prefix { $0 != "?" && $0 != "#" }
        if !path.hasPrefix("/"), let scheme = path.firstRange(of: "://") {
            path = path[scheme.upperBound...].drop { $0 != "/" }
        }
        return path.contains("%") ? percentDecoded(path) : String(path)
    }

    /// Invalid escapes stay as they are, as the contract wants.
    private static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(UInt8(digits[0] << 4 | digits[1]))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UpgradeRules {
    /// The client's query, without its question mark; empty if there is none.
    package static func query(of target: String) -> String {
        guard let mark = target.firstIndex(of: "?") else { return "" }
        return String(target[target.index(after: mark)...].prefix { $0 != "#" })
    }
}
