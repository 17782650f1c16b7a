import Logging
import NIOCore
import NIOHTTP1

/// Stands between HTTP decoder and upgrader, and lets only those `Upgrade` headers pass that will be granted.
///
/// NIO's typed upgrade handler drops the head of a request that has the header and is not upgraded, so the router would
/// see a request without a beginning and the client no answer; and only a connection's first request can upgrade.
/// Therefore a refused first request is answered here, and every other one goes on to the router without the header and
/// with `Connection: close`, because NIO's decoder stops parsing after such a request.
final class UpgradeFilter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private enum State {
        case first
        /// The rest of the connection is no HTTP.
        case upgrading
        /// The client has its answer; what else it sends is discarded until it closes.
        case refused
        case plainHTTP
    }

    private let rules: UpgradeRules
    private let logger: Logger
    private var state = State.first

    init(rules: UpgradeRules, logger: Logger) {
        self.rules = rules
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        // Left-over bytes come by that are no HTTP part: they must not be unwrapped.
        case .upgrading: return context.fireChannelRead(data)
        case .refused: return
        case .first, .plainHTTP: break
        }
        guard case .head(let head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let isFirst = state == .first
        state = .plainHTTP
        guard head.headers.contains(name: "upgrade") else { return context.fireChannelRead(data) }
        switch isFirst ? rules.decide(head) : .http {
        case .webSocket:
            state = .upgrading
            context.fireChannelRead(wrapInboundOut(.head(Self.named(head))))
        case .http: context.fireChannelRead(wrapInboundOut(.head(Self.withoutUpgrade(head))))
        case .refuse(let refusal): refuse(refusal, Self.named(head), context: context)
        }
    }

    private func refuse(_ refusal: UpgradeRefusal, _ head: HTTPRequestHead, context: ChannelHandlerContext) {
        state = .refused
        let id = head.requestID ?? ""
        logger.debug(
            "WebSocket refused",
            metadata: ["status": "\(refusal.status.code)", "detail": "\(refusal.detail)", "request": "\(id)"])
        EarlyAnswer(
            status: refusal.status, detail: refusal.detail,
            headers: refusal.headers + [.init(name: RequestID.headerName, value: id)]
        ).write(on: context)
    }

    /// The handshake with the name that the request has from now on; what the client gave for it may be none.
    private static func named(_ head: HTTPRequestHead) -> HTTPRequestHead {
        var head = head
        let given = head.headers[RequestID.headerName].joined(separator: ", ")
        head.headers.replaceOrAdd(name: RequestID.headerName, value: "\(RequestID(given: given))")
        return head
    }

    private static func withoutUpgrade(_ head: HTTPRequestHead) -> HTTPRequestHead {
        var head = head
        head.headers.remove(name: "upgrade")
        // Hummingbird closes after its response.
        head.headers.replaceOrAdd(name: "connection", value: "close")
        return head
    }
}

@available(*, unavailable)
extension UpgradeFilter: Sendable {}

extension HTTPRequestHead {
    /// The request's name, which a handshake has when it has passed ``UpgradeFilter``.
    var requestID: String? { headers.first(name: RequestID.headerName) }
}
