import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import TableServer

@Suite struct FormReaderTests {
    /// A disk that takes nothing, or everything.
    private final class Sink: UploadSink {
        private let failure: UploadError?
        private let cancelled = Atomic(false)

        init(failure: UploadError? = nil) { self.failure = failure }

        var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

        func append(_ bytes: [UInt8]) throws { if let failure { throw failure } }

        func cancel() { cancelled.store(true, ordering: .relaxed) }
    }

    /// A form whose file breaks off, as the connection is gone: enough of it came to be on its way to the disk.
    private static func brokenBody() -> RequestBody {
        let (stream, continuation) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"
        continuation.yield(ByteBuffer(string: head))
        continuation.yield(ByteBuffer(repeating: 1, count: 300 << 10))
        continuation.finish(throwing: ChannelError.inputClosed)
        return RequestBody(asyncSequence: stream)
    }

    private static func read(_ body: RequestBody, into sink: Sink) async throws -> Form<Sink> {
        let head = HTTPRequest(
            method: .post, scheme: nil, authority: nil, path: "/",
            headerFields: [.contentType: "multipart/form-data; boundary=b"])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let source = ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: logger)
        let call = Call(
            request: Request(head: head, body: body), path: RequestPath(encoded: "/"), query: QueryItems(nil),
            parameters: [], context: CallContext(source: source))
        return try await FormReader(fileField: "file", maxFileByteCount: 1 << 20) { sink }.read(call)
    }

    @Test func `a disk that failed is told, and not that the body broke off after that`() async throws {
        let sink = Sink(failure: UploadError(path: "sink", code: 28))
        await #expect(throws: UploadError.self) { try await Self.read(Self.brokenBody(), into: sink) }
        #expect(sink.isCancelled)
    }

    @Test func `a body that breaks off is refused, and nothing of it is kept`() async throws {
        let sink = Sink()
        let refusal = await #expect(throws: Refusal.self) { try await Self.read(Self.brokenBody(), into: sink) }
        #expect(refusal?.status == .badRequest)
        #expect(sink.isCancelled)
    }
}
