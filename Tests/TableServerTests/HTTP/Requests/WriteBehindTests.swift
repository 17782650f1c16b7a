import Dispatch
import Synchronization
import Testing

@testable import TableServer

@Suite struct WriteBehindTests {
    /// Takes each piece only once it is let, and can fail at one.
    private final class HeldSink: UploadSink {
        private let permits = DispatchSemaphore(value: 0)
        private let failingAt: Int?
        private let state = Mutex((pieces: [[UInt8]](), isCancelled: false))

        init(failingAt: Int? = nil) { self.failingAt = failingAt }

        var pieces: [[UInt8]] { state.withLock { $0.pieces } }
        var isCancelled: Bool { state.withLock { $0.isCancelled } }

        func letPass(_ count: Int = 1) { for _ in 0..<count { permits.signal() } }

        func append(_ bytes: [UInt8]) throws {
            permits.wait()
            try state.withLock { state in
                #expect(!state.isCancelled, "no piece comes after the sink was given up")
                if state.pieces.count == failingAt { throw UploadError(path: "sink", code: 28) }
                state.pieces.append(bytes)
            }
        }

        func cancel() { state.withLock { $0.isCancelled = true } }
    }

    @Test func `a piece doesn't wait for the disk, only for the one before it`() async throws {
        let sink = HeldSink()
        var writer = WriteBehind(sink)
        // Waiting for the disk here would never end, as nothing lets the piece pass.
        try await writer.write([1])
        #expect(sink.pieces == [])
        sink.letPass()
        try await writer.write([2, 3])
        #expect(sink.pieces == [[1]])
        sink.letPass()
        try await writer.settle()
        #expect(sink.pieces == [[1], [2, 3]])
    }

    @Test func `pieces come in order`() async throws {
        let sink = HeldSink()
        sink.letPass(100)
        var writer = WriteBehind(sink)
        for piece in 0..<100 { try await writer.write([UInt8(piece)]) }
        try await writer.settle()
        #expect(sink.pieces == (0..<100).map { [UInt8($0)] })
    }

    @Test func `what the disk says is told with the next piece, or at the end`() async throws {
        let sink = HeldSink(failingAt: 1)
        sink.letPass(2)
        var writer = WriteBehind(sink)
        try await writer.write([1])
        try await writer.write([2])
        await #expect(throws: UploadError.self) { try await writer.write([3]) }
        #expect(sink.pieces == [[1]])

        let other = HeldSink(failingAt: 0)
        other.letPass()
        var last = WriteBehind(other)
        try await last.write([1])
        await #expect(throws: UploadError.self) { try await last.settle() }
    }

    @Test func `giving up waits for the piece on its way`() async throws {
        let sink = HeldSink()
        var writer = WriteBehind(sink)
        try await writer.write([1])
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { sink.letPass() }
        #expect(await writer.cancel() == nil)
        #expect(sink.isCancelled)
        #expect(sink.pieces == [[1]])
    }

    @Test func `giving up tells what the disk said, as that came first`() async throws {
        let sink = HeldSink(failingAt: 0)
        sink.letPass()
        var writer = WriteBehind(sink)
        try await writer.write([1])
        #expect(await writer.cancel() is UploadError)
        #expect(sink.isCancelled)
    }
}
