import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// HTTP and WebSocket on one port: every accepted connection becomes one or the other by its first request.
///
/// Hand it to `Application(router:server:)` as an `HTTPServerBuilder`:
/// `HTTPServerBuilder { TableChannel(responder: $0, configuration: configuration, logger: logger, adopt: hub.adopt) }`.
package struct TableChannel: ServerChildChannel, HTTPChannelHandler {
    /// What a connection turned out to be.
    package enum Upgraded: Sendable {
        /// Plain HTTP, served by the router.
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        /// A WebSocket; its handlers do everything.
        case webSocket
    }

    /// A connection whose first request may still be on its way.
    ///
    /// The server wants a value at once, so it holds the future of the outcome, not the outcome.
    package struct Value: ServerChildChannelValue {
        /// The connection.
        package let channel: any Channel
        let upgraded: EventLoopFuture<Upgraded>
    }

    /// The router's side.
    package let responder: HTTPChannelHandler.Responder
    private let adopt: @Sendable (any Channel, HTTPRequestHead) throws -> Void
    private let accepted: @Sendable (any Channel) -> Void
    private let configuration: WebSocketConfiguration
    private let limits: RequestLimits
    private let rules: UpgradeRules
    private let logger: Logger

    /// A channel for one hub; its event loop group must be the hub's.
    ///
    /// - Parameters:
    ///   - responder: The router's side.
    ///   - configuration: Limits; the hub has the same.
    ///   - logger: Where refusals go.
    ///   - adopt: Called on the event loop with an upgraded channel and its handshake; adds the handlers
    ///     (``WebSocketEndpoint/install(on:configuration:logger:peer:)``).
    ///   - accepted: Called on the event loop with every connection, before anything is known of it.
    package init(
        responder: @escaping HTTPChannelHandler.Responder, configuration: WebSocketConfiguration,
        limits: RequestLimits, logger: Logger, adopt: @escaping @Sendable (any Channel, HTTPRequestHead) throws -> Void,
        accepted: @escaping @Sendable (any Channel) -> Void = { _ in }
    ) {
        self.limits = limits
        self.responder = responder
        self.adopt = adopt
        self.accepted = accepted
        self.configuration = configuration
        self.rules = UpgradeRules(path: configuration.path, allowedOrigins: configuration.allowedOrigins)
        self.logger = logger
    }

    /// Builds the pipeline in which the first request decides.
    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        accepted(channel)
        return channel.eventLoop.makeCompletedFuture {
            let encoder = HTTPResponseEncoder()
            let line = RequestLineMeter()
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits.decoder))
            let requestGuard = RequestGuard(limits: limits, line: line, logger: self.logger)
            let filter = UpgradeFilter(rules: rules, logger: self.logger)
            let upgrader = NIOTypedHTTPServerUpgradeHandler(
                httpEncoder: encoder, extraHTTPHandlers: [line, decoder, requestGuard, filter],
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                    upgraders: [webSocketUpgrader()], notUpgradingCompletionHandler: { serveHTTP(on: $0) }))
            let preUpgradeGuard = PreUpgradeGuard(timeout: configuration.firstRequestTimeout, logger: self.logger)
            // The buffer of the first request stays with its connection, however idle. A browser's handshake fits into this one,
            // which is half of NIO's own; where more comes it grows.
            try channel.syncOptions?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 1 << 10, maximum: 64 << 10)
            )
            try channel.pipeline.syncOperations.addHandlers([
                encoder, line, decoder, requestGuard, filter, upgrader, preUpgradeGuard,
            ])
            return Value(channel: channel, upgraded: upgrader.upgradeResultFuture)
        }
    }

    /// Serves a connection until it is closed; a shutdown waits for this.
    package func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.upgraded.get() {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            // Returning at once would let the server stop while frames are still queued.
            case .webSocket: try await value.channel.closeFuture.get()
            }
        } catch {
            logger.trace("Connection ended before its first request", metadata: ["error": "\(error)"])
            value.channel.close(promise: nil)
        }
    }

    /// Grants what ``UpgradeFilter`` let pass.
    private func webSocketUpgrader() -> NIOTypedWebSocketServerUpgrader<Upgraded> {
        NIOTypedWebSocketServerUpgrader<Upgraded>(
            maxFrameSize: configuration.messageByteLimit,
            // The connection answers protocol errors itself: NIO's handler closes so fast that the peer may lose the code.
            enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                let events = UpgradeRules.wantsEvents(head)
                var headers: HTTPHeaders = events ? ["sec-websocket-protocol": UpgradeRules.eventsProtocol] : [:]
                headers.add(name: RequestID.headerName, value: "\(head.requestID)")
                return channel.eventLoop.makeSucceededFuture(headers)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.dropHandler(PreUpgradeGuard.self)
                    try adopt(channel, head)
                    return .webSocket
                }
            })
    }

    /// The rest of the pipeline for a connection that stays HTTP, as Hummingbird's own channel has it.
    private func serveHTTP(on channel: any Channel) -> EventLoopFuture<Upgraded> {
        channel.eventLoop.makeCompletedFuture {
            try channel.limitUnsentBytes()
            let operations = channel.pipeline.syncOperations
            try operations.dropHandler(PreUpgradeGuard.self)
            try operations.addHandler(BodyGuard(configuration: configuration, logger: logger))
            try operations.addHandler(AnswerGuard(configuration: configuration, logger: logger))
            try operations.addHandler(FileSender())
            try operations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            // Its idle time begins when an answer's end is handed over, however much of the answer waits before it.
            try operations.addHandler(HTTPConnectionStateHandler(idleTimeout: nil, logger: logger))
            return .http(
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Takes the handler of a type out, which must be there.
    fileprivate func dropHandler<Handler: RemovableChannelHandler>(_: Handler.Type) throws {
        removeHandler(context: try context(handlerType: Handler.self), promise: nil)
    }
}
