import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix

/// Reads a form from a request's body, its files straight to disk.
package struct FormReader<Sink: UploadSink>: Sendable {
    /// The field whose file is wanted; other files are read and thrown away.
    package let fileField: String
    /// Largest file, in bytes.
    package let maxFileByteCount: Int64
    /// Looks at the wanted file's name and beginning before any of it is stored; throws if it isn't taken.
    package let checkStart: @Sendable (_ name: String, _ start: [UInt8]) throws -> Void
    /// Opens the place that a file goes to; called on a thread that may block.
    package let makeSink: @Sendable () throws -> Sink
    /// Largest plain field, in bytes.
    private let maxFieldByteCount = 1 << 20
    /// Bytes of a file that are gathered before they are handed to a thread that may block.
    private let writeByteCount = 256 << 10

    /// A reader for forms with one wanted file; the parameters are the properties of these names.
    package init(
        fileField: String, maxFileByteCount: Int64,
        checkStart: @escaping @Sendable (_ name: String, _ start: [UInt8]) throws -> Void = { _, _ in },
        makeSink: @escaping @Sendable () throws -> Sink
    ) {
        self.fileField = fileField
        self.maxFileByteCount = maxFileByteCount
        self.checkStart = checkStart
        self.makeSink = makeSink
    }

    /// Reads the whole form.
    ///
    /// A body of another content type has no fields at all.
    ///
    /// - Throws: ``Refusal``: 400 for a form that is malformed or cut off, 413 for a file over the limit. Nothing is
    ///   left on disk then.
    package func read(_ call: Call) async throws -> Form<Sink> {
        let request = call.request
        let type = ParameterisedValue(request.headers[.contentType] ?? "")
        guard type.value.lowercased() == "multipart/form-data" else { return Form() }
        guard let boundary = type.parameters["boundary"], !boundary.isEmpty, boundary.utf8.count <= 200 else {
            throw Refusal(.badRequest, "Missing boundary in multipart.")
        }
        if let announced = request.headers[.contentLength].flatMap({ Int64($0) }),
            announced > maxFileByteCount + Int64(maxFieldByteCount)
        {
            throw Refusal.tooLarge(limit: maxFileByteCount)
        }
        call.inviteBody()
        var progress = Progress()
        do {
            try await read(request.body, boundary: boundary, into: &progress)
            return progress.form
        } catch {
            // A disk that failed did so before the body's end was looked at.
            throw Self.refusal(for: await progress.cancel() ?? error)
        }
    }

    /// What has been read so far.
    private struct Progress {
        var form = Form<Sink>()
        /// The part that is being read.
        var part: Part?

        /// - Returns: What the sink of the part that was being read could not take, if anything.
        mutating func cancel() async -> (any Error)? {
            form.cancel()
            guard case .file(_, var writer)? = part.take() else { return nil }
            return await writer.cancel()
        }
    }

    /// The part that is being read.
    private enum Part {
        case field(name: String)
        case file(MultipartHead, WriteBehind<Sink>)
        case ignored
    }

    private func read(_ body: RequestBody, boundary: String, into progress: inout Progress) async throws {
        var parser = MultipartParser(boundary: boundary)
        var gathered: [UInt8] = []
        var partByteCount: Int64 = 0
        var isEmpty = true
        for try await buffer in body where buffer.readableBytes > 0 {
            isEmpty = false
            for event in try parser.append(buffer.readableBytesView) {
                switch event {
                case .part(let head):
                    try await begin(head, &progress)
                    (gathered, partByteCount) = ([], 0)
                case .bytes(let bytes):
                    partByteCount += Int64(bytes.count)
                    try check(partByteCount, progress.part)
                    if case .ignored? = progress.part { continue }
                    gathered += bytes
                    try await flush(&gathered, atLeast: writeByteCount, of: partByteCount, &progress)
                case .partEnd:
                    try await flush(&gathered, atLeast: 1, of: partByteCount, &progress)
                    try await end(gathered, &progress)
                }
            }
        }
        if !isEmpty { try parser.finish() }
    }

    private func begin(_ head: MultipartHead, _ progress: inout Progress) async throws {
        if head.fileName == nil {
            progress.part = .field(name: head.name)
        } else if head.name == fileField {
            let sink = try await NIOThreadPool.singleton.runIfActive { [makeSink] in try makeSink() }
            progress.part = .file(head, WriteBehind(sink))
        } else {
            progress.part = .ignored
        }
    }

    private func check(_ byteCount: Int64, _ part: Part?) throws {
        switch part {
        case .field where byteCount > maxFieldByteCount:
            throw Refusal(.badRequest, "Part exceeded maximum size of \(maxFieldByteCount >> 10)KB.")
        case .file where byteCount > maxFileByteCount, .ignored where byteCount > maxFileByteCount:
            throw Refusal.tooLarge(limit: maxFileByteCount)
        default: break
        }
    }

    /// Sends on what was gathered of a file, if it is enough to be worth it; `byteCount` bytes of it have come so far.
    private func flush(
        _ gathered: inout [UInt8], atLeast count: Int, of byteCount: Int64, _ progress: inout Progress
    ) async throws {
        guard case .file(let head, var writer)? = progress.part, gathered.count >= count else { return }
        if gathered.count == byteCount { try checkStart(head.fileName ?? "", gathered) }
        defer { progress.part = .file(head, writer) }
        try await writer.write(gathered)
        gathered = []
    }

    private func end(_ gathered: [UInt8], _ progress: inout Progress) async throws {
        switch progress.part {
        case .field(let name):
            guard let text = String(validating: gathered, as: UTF8.self) else {
                throw MultipartError.malformedHeaders("the field '\(name)' is not UTF-8")
            }
            progress.form.fields[name] = text
        case .file(let head, var writer):
            try await writer.settle()
            progress.form.files[head.name]?.sink.cancel()
            progress.form.files[head.name] = Form.File(name: head.fileName ?? "", sink: writer.sink)
        case .ignored, nil: break
        }
        progress.part = nil
    }

    /// A body that breaks off is the client's doing, like one that makes no sense.
    private static func refusal(for error: any Error) -> any Error {
        switch error {
        case let error as MultipartError: Refusal(error)
        case is ChannelError, is IOError: Refusal(MultipartError.truncated)
        default: error
        }
    }
}
