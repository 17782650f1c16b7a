import HTTPTypes
import Hummingbird
import Journal
import Logging
import NIOCore

/// The pages that the server brings along: `/console`, on which a table is watched, looked back at and tidied (docs/console.md),
/// and `/docs`, which shows `/openapi.json`.
struct ConsoleRoutes: Sendable {
    private let files: [String: ConsoleFiles.File]

    init(logger: Logger) {
        do {
            files = try ConsoleFiles().files
            if files[ConsoleFiles.index] == nil {
                logger.warning("There is no console: its folder isn't beside the program")
            }
        } catch {
            files = [:]
            logger.warning("There is no console: its files can't be read", metadata: ["error": "\(error)"])
        }
    }

    func add(to table: inout RouteTable<Handler>) {
        for method in ["GET", "HEAD"] {
            table.add(method, "/console") { try answer(ConsoleFiles.index, $0) }
            table.add(method, "/console/{path...}") { try answer($0.parameters[0], $0) }
            table.add(method, "/docs") { try answer(ConsoleFiles.documentation, $0) }
            table.add(method, "/openapi.json") { try answer(ConsoleFiles.openAPI, $0) }
        }
    }

    private func answer(_ name: String, _ call: Call) throws -> Response {
        // The page names its files relative to `/console`, so that it also works behind a proxy with a prefix.
        if name.isEmpty { return Response(status: .temporaryRedirect, headers: [.location: "../console"]) }
        guard let file = files[name] else { throw Refusal(.notFound, "The console has no '\(name.prefix(64))'") }
        var headers = Self.headers
        headers[.eTag] = file.tag
        if EntityTags.match(call.request.headers[.ifNoneMatch], tag: file.tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.type
        let response = Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
        return call.request.method == .head ? response.createHeadResponse() : response
    }

    /// Asked for anew each time, so that page and server are of one version; and nothing runs in the page, or is asked for
    /// by it, that doesn't come from this server.
    private static let headers: HTTPFields = [
        .cacheControl: "no-cache",
        .contentSecurityPolicy: """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; \
        connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'
        """,
        .referrerPolicy: "no-referrer",
    ]
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = wellFormed("referrer-policy")
}
