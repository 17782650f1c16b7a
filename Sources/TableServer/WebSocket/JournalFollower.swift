import Journal
import Synchronization
import Table

/// Reads the journal for one client that needs what the ring has forgotten; on a worker's thread, a chunk at a time.
///
/// The next chunk is read when the client has taken the one before, so a slow client holds one chunk at most.
final class JournalFollower: Sendable {
    /// Some whole lines, as one message.
    struct Piece: Sendable {
        /// The lines with line feeds between them; empty at the end for now.
        var lines: ArraySlice<UInt8>
        /// The offset of the last line.
        var newestOffset: Int64
        /// The chain digest at the event before the first line, in hex, where it was asked for.
        var chainBefore: String?
    }

    private struct Place {
        var position: Int64
        /// Nil at the beginning and after ``rest()``: it is found again by the position.
        var cursor: JournalCursor?
    }

    private let reader: JournalReader
    private let limit: CommittedLimit
    private let place: Mutex<Place>

    /// Begins after an offset.
    init(table: Table, after offset: Int64) {
        reader = table.reader
        limit = CommittedLimit(newestOffset: offset)
        place = Mutex(Place(position: offset, cursor: nil))
    }

    /// Reads on.
    ///
    /// Blocks: called on a worker's thread.
    ///
    /// - Parameters:
    ///   - newest: The newest offset that may be handed out: what the client's event loop knows of.
    ///   - withChain: Whether the chain digest at the client's position is wanted too.
    /// - Throws: `JournalError` where the journal can't be read.
    func next(through newest: Int64, withChain: Bool) throws -> Piece {
        limit.advance(to: newest)
        return try place.withLock { place in
            let chain = withChain ? try reader.chain(at: place.position).hex : nil
            var cursor = place.cursor ?? reader.cursor(from: place.position + 1, through: limit)
            let chunk = try cursor.next()
            place.cursor = cursor
            guard let chunk else { return Piece(lines: [], newestOffset: place.position, chainBefore: chain) }
            place.position = chunk.lastOffset
            return Piece(lines: chunk.bytes.dropLast(), newestOffset: chunk.lastOffset, chainBefore: chain)
        }
    }

    /// Gives the memory of an open frame back while the client takes nothing.
    func rest() { place.withLock { $0.cursor = nil } }
}
