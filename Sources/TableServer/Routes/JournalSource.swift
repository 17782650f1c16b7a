import Journal
import Synchronization
import Table

/// Reads the journal's lines from a position on, each time on a thread that may wait.
///
/// For one task at a time.
final class JournalSource: Sendable {
    private let cursor: Mutex<JournalCursor>
    private let limit: CommittedLimit

    /// - Parameters:
    ///   - after: The offset before the first line.
    ///   - through: The newest offset to hand out; nil: what is committed now.
    init(_ table: Table, after: Int64, through: Int64? = nil) {
        self.limit = CommittedLimit(newestOffset: through ?? table.committed.offset)
        self.cursor = Mutex(table.reader.cursor(from: after + 1, through: limit))
    }

    /// The next whole lines; nil at the end.
    func next() async throws -> LineChunk? {
        try await onBlockingThread { [self] in try cursor.withLock { try $0.next() } }
    }

    /// The next whole lines up to an offset that has been committed meanwhile; nil when there are none yet.
    func next(through newest: Int64) async throws -> LineChunk? {
        limit.advance(to: newest)
        return try await next()
    }
}
