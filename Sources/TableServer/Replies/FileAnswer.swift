import Glibc
import HTTPTypes
import Hummingbird
import JSONDocument
import Journal
import Logging
import NIOCore

/// A file to be sent.
package struct ServedFile: Sendable {
    /// Where it lies on this machine.
    package let path: String
    /// Its media type.
    package let type: String
    /// Its entity tag with quotes; the same tag means the same bytes.
    package let tag: String
    /// Serve only this many bytes of it, where it may be longer (a journal segment that is being written).
    package var byteCount: Int64?
    /// Headers besides those that every file has.
    package var headers = HTTPFields()
    /// What a malformed `Range` header gets: 400 as the contract has it for images (true), or the whole file as RFC
    /// 9110 section 14.2 wants.
    package var refusesMalformedRange = false
    /// Whether `If-None-Match` is answered with 304; the contract's files never are.
    package var answersNotModified = false

    /// A file that is served whole or in part; see the properties for the rest.
    package init(path: String, type: String, tag: String) {
        self.path = path
        self.type = type
        self.tag = tag
    }
}

/// Sends files from disk, whole or in part, without holding more than a little of them in memory.
package enum FileAnswer {
    /// Up to this many bytes an answer is read and sent at once, in one write with its head; above, what it costs to
    /// have the kernel send the file itself is less than copying it twice.
    private static let copiedByteCountMax = 64 << 10

    /// The answer to a GET for a file, by its `Range`, `If-Range` and, where the file says so, `If-None-Match`.
    ///
    /// - Throws: ``Refusal`` for a range that can't be satisfied, a malformed one, or a file that isn't there or can't be read.
    package static func make(_ file: ServedFile, call: Call) async throws -> Response {
        let facts = try facts(of: file, logger: call.context.logger)
        let size = min(facts.size, file.byteCount ?? facts.size)
        let modified = HTTPDate.text(secondsSince1970: facts.modified)
        let headers = headers(of: file, modified: modified)
        if file.answersNotModified, EntityTags.match(call.request.headers[.ifNoneMatch], tag: file.tag) {
            return Response(status: .notModified, headers: headers)
        }
        let range = ByteRange.decide(
            header: call.request.headers[.range], ifRange: call.request.headers[.ifRange], size: size,
            validators: [file.tag, modified])
        switch range {
        case .part(let part): return try await partial(file, part, size: size, headers: headers, call: call)
        case .unsatisfiable:
            throw Refusal(
                .rangeNotSatisfiable, "The range is outside of the file", headers: [.contentRange: "bytes */\(size)"])
        case .malformed(let reason) where file.refusesMalformedRange: throw Refusal(.badRequest, reason)
        case .malformed, .whole:
            let body = try await body(file, 0..<size, call: call)
            return Response(status: .ok, headers: headers, body: body)
        }
    }

    private static let missing = Refusal(
        .internalServerError, "The file's content is missing on the server's disk")

    private static func partial(
        _ file: ServedFile, _ part: Range<Int64>, size: Int64, headers: HTTPFields, call: Call
    ) async throws -> Response {
        var headers = headers
        headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
        return Response(status: .partialContent, headers: headers, body: try await body(file, part, call: call))
    }

    private static func body(_ file: ServedFile, _ part: Range<Int64>, call: Call) async throws -> ResponseBody {
        guard !part.isEmpty else { return ResponseBody() }
        guard part.count <= copiedByteCountMax else {
            return FileBody.make(
                path: file.path, part: part, channel: call.context.channel, logger: call.context.logger)
        }
        do {
            let bytes = try await onBlockingThread {
                try PosixFileSystem().open(file.path, .read).read(at: part.lowerBound, upTo: part.count)
            }
            if bytes.count == part.count { return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
        } catch let error as FileError {
            throw unreadable(error, logger: call.context.logger)
        }
        call.context.logger.error("A file of the table has become shorter", metadata: ["file": "\(file.path)"])
        throw missing
    }

    private static func headers(of file: ServedFile, modified: String) -> HTTPFields {
        var headers = file.headers
        headers[.contentType] = file.type
        headers[.eTag] = file.tag
        headers[.lastModified] = modified
        headers[.acceptRanges] = "bytes"
        headers[.contentSecurityPolicy] = contentSecurityPolicy
        return headers
    }

    /// A file that came from outside must not run anything in this server's origin when it is opened by itself: an SVG may
    /// hold scripts, and anything may be more than its first bytes say.
    ///
    /// A page that shows the file as an image or plays it isn't bound by this.
    private static let contentSecurityPolicy =
        "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'"

    /// What a file gets that the disk doesn't give, which isn't one that is missing.
    static func unreadable(_ error: FileError, logger: Logger) -> Refusal {
        logger.error("A file of the table can't be read", metadata: ["error": "\(error)"])
        return Refusal(.internalServerError, "The file's content can't be read from the server's disk")
    }

    /// Length in bytes and modification time in seconds since 1970.
    private static func facts(of file: ServedFile, logger: Logger) throws(Refusal) -> (size: Int64, modified: Int64) {
        do throws(FileError) {
            let fileSystem = PosixFileSystem()
            if let status = try fileSystem.status(file.path), !status.isFolder,
                let modified = try fileSystem.modificationTime(file.path)
            {
                return (status.byteCount, modified / 1000)
            }
        } catch {
            throw unreadable(error, logger: logger)
        }
        logger.error("A file of the table is missing", metadata: ["file": "\(file.path)"])
        throw missing
    }
}

/// Entity tags in conditional requests (RFC 9110 section 13.1.2).
package enum EntityTags {
    /// Whether an `If-None-Match` header names the tag, compared weakly as GET wants.
    package static func match(_ header: String?, tag: String) -> Bool {
        guard let header else { return false }
        if header == "*" { return true }
        return header.split(separator: ",").contains { item in
            let trimmed = item.drop { $0 == " " || $0 == "\t" }
            let strong = trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed
            return strong.prefix { $0 != " " && $0 != "\t" } == tag
        }
    }
}
