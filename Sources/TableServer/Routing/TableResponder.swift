import HTTPTypes
import Hummingbird
import JSONDocument
import Journal
import Logging
import NIOHTTP1
import Table

/// Answers every HTTP request: finds its route, and turns whatever goes wrong into the contract's answers.
package struct TableResponder: HTTPResponder {
    package typealias Context = CallContext

    /// A route's handler, and where its requests are counted.
    private struct Route: Sendable {
        let handler: Handler
        let counter: RouteCounter
    }

    private let routes: RouteTable<Route>
    private let limiter: ChangeLimiter
    private let requestLimits: RequestLimits
    private let isRecording: Bool
    private let metrics: ServerMetrics
    private let logger: Logger

    /// All routes of the server.
    package init(parts: ServerParts) {
        self.routes = Self.routes(parts).map { method, pattern, handler in
            Route(handler: handler, counter: parts.metrics.counter(method: method, route: pattern))
        }
        self.isRecording = parts.playback != nil
        self.limiter = ChangeLimiter(
            parts.configuration.changeLimits, limitsOwnMachine: parts.configuration.limitsOwnMachine)
        self.requestLimits = parts.configuration.requests
        self.metrics = parts.metrics
        self.logger = parts.logger
    }

    /// Which requests are answered, and by what.
    static func routes(_ parts: ServerParts) -> RouteTable<Handler> {
        var routes = RouteTable<Handler>()
        BasicRoutes(parts: parts).add(to: &routes)
        SceneRoutes(parts: parts).add(to: &routes)
        MapRoutes(parts: parts).add(to: &routes)
        AudioRoutes(parts: parts).add(to: &routes)
        BackupRoutes(parts: parts).add(to: &routes)
        HistoryRoutes(parts: parts).add(to: &routes)
        EventRoutes(parts: parts).add(to: &routes)
        JournalRoutes(parts: parts).add(to: &routes)
        MetricsRoute(parts: parts).add(to: &routes)
        StatusRoute(parts: parts).add(to: &routes)
        ConsoleRoutes(logger: parts.logger).add(to: &routes)
        if let playback = parts.playback { PlaybackRoutes(desk: playback, parts: parts).add(to: &routes) }
        return routes
    }

    /// Answers one request and writes one line about it to the log: its size, never its content, and the event it made.
    package func respond(to request: Request, context: CallContext) async throws -> Response {
        let start = ContinuousClock.now
        let id = RequestID(given: request.headers[.requestID])
        var context = context
        context.logger = logger
        context.logger[metadataKey: "request"] = "\(id)"
        var response = try await answer(request, context)
        CrossOrigin.allow(request.head, in: &response.headers)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.requestID] = id.description
        var facts: Logger.Metadata = [
            "status": "\(response.status.code)", "took": "\(ContinuousClock.now - start)",
            "sent": "\(request.headers[.contentLength] ?? "0")", "from": "\(context.remoteAddress)",
        ]
        if let offset = context.written.offset { facts["offset"] = "\(offset)" }
        context.logger.debug("\(Self.name(of: request))", metadata: facts)
        return response
    }

    /// Answers a request and counts it under its route.
    private func answer(_ request: Request, _ context: CallContext) async throws -> Response {
        let start = ContinuousClock.now
        if let preflight = CrossOrigin.preflight(request.head) {
            metrics.preflights.answered(status: preflight.status.code, after: ContinuousClock.now - start)
            return preflight
        }
        let path = RequestPath(encoded: request.uri.path)
        let match = routes.match(method: request.method.rawValue, path: path)
        let response = await answer(request, context, path, match)
        counter(of: match, request)?.answered(status: response.status.code, after: ContinuousClock.now - start)
        return response
    }

    private func counter(of match: RouteTable<Route>.Match, _ request: Request) -> RouteCounter? {
        if case .found(let route, _) = match { return route.counter }
        return metrics.unmatched(method: request.method.rawValue)
    }

    private func answer(
        _ request: Request, _ context: CallContext, _ path: RequestPath, _ match: RouteTable<Route>.Match
    ) async -> Response {
        do {
            return try await route(request, context, path, match)
        } catch let refusal as Refusal {
            return Answer.refusal(refusal)
        } catch let error as CommandError {
            return Answer.refusal(Refusal(error))
        } catch let error as HTTPParserError {
            // The connection ends with it; see RequestGuard for what is wrong in a request's head.
            let detail = "There was an error parsing the body: \(error)"
            return Answer.refusal(Refusal(.badRequest, detail, headers: [.connection: "close"]))
        } catch is CancellationError {
            return Answer.refusal(.stopping)
        } catch let error as FileError where error.isDiskFull {
            return Answer.refusal(Refusal(CommandError.storageFull))
        } catch let error as UploadError where error.isDiskFull {
            return Answer.refusal(Refusal(CommandError.storageFull))
        } catch let error as HTTPError {
            return Answer.refusal(Refusal(error.status, error.body ?? error.status.reasonPhrase))
        } catch {
            context.logger.error(
                "A request failed: \(Self.name(of: request))", metadata: ["error": "\(error)"])
            return Answer.refusal(Refusal(.internalServerError, "Internal Server Error"))
        }
    }

    private func route(
        _ request: Request, _ context: CallContext, _ path: RequestPath, _ match: RouteTable<Route>.Match
    ) async throws -> Response {
        switch match {
        case .found(let route, let parameters):
            if isRecording { try PlaybackRoutes.refuseChange(request.method, path) }
            try limiter.check(request.head, peer: context.channel.remoteAddress?.ipAddress)
            try refuseUnusedBody(request)
            let call = Call(
                request: request, path: path, query: QueryItems(request.uri.query), parameters: parameters,
                context: context)
            return try await route.handler(call)
        case .methodNotAllowed(let allow): throw Refusal.methodNotAllowed(allow: allow)
        case .notFound:
            guard let other = SlashRedirect.counterpart(ofEncoded: request.uri.path),
                case .found = routes.match(method: request.method.rawValue, path: RequestPath(encoded: other))
            else { throw Refusal.notFound }
            return SlashRedirect.answer(to: request, path: other)
        }
    }

    /// A small body is ignored where none is wanted, as the old server does; a large one has lost its way.
    private func refuseUnusedBody(_ request: Request) throws {
        guard [.get, .head, .delete, .options].contains(request.method),
            let announced = request.headers[.contentLength].flatMap({ Int64($0) }),
            announced > requestLimits.unusedBodyByteCount
        else { return }
        throw Refusal(.contentTooLarge, "This route takes no body")
    }

    /// A request in the log; a path may be as long as a whole header block.
    private static func name(of request: Request) -> String {
        "\(request.method.rawValue) \(request.uri.path.prefix(300))"
    }
}
