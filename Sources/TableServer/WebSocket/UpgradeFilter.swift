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
            context.fireChannelRead(data)
        case .http: context.fireChannelRead(wrapInboundOut(.head(Self.withoutUpgrade(head))))
        case .refuse(let refusal): refuse(refusal, head, context: context)
        }
    }

    private func refuse(_ refusal: UpgradeRefusal, _ head: HTTPRequestHead, context: ChannelHandlerContext) {
        state = .refused
        EarlyAnswer(
            status: refusal.status, detail: refusal.detail, request: "\(head.requestID)", headers: refusal.headers
        ).write(on: context, logger: logger)
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
