import Journal
import Replay
import Synchronization
import Table

/// A table's archive with its whole history, on its way to somebody.
///
/// Safe from every thread, and used by one at a time, which may be blocked: it reads the disk and packs.
final class ArchiveDownload: Sendable {
    private let packing: Mutex<ArchivePacking>
    /// Kept until the download ends.
    private let scratch: ScratchPlaces.Lease

    /// Writes the journal's part down first; that takes as long as reading the journal.
    ///
    /// - Parameter offset: The newest event that is in it.
    init(folder: String, through offset: Int64, scratch: ScratchPlaces.Lease) throws {
        let source = try Replay.JournalSource(path: folder, fileSystem: PosixFileSystem())
        packing = Mutex(try ArchivePacking(wholeOf: source, through: offset, beside: scratch.path))
        self.scratch = scratch
    }

    /// Blobs that the journal names and that aren't in it, as they aren't on disk.
    var missingBlobs: [MissingBlob] { packing.withLock { $0.missingBlobs } }

    /// The next piece; nil behind the end.
    func next() throws -> [UInt8]? { try packing.withLock { try $0.next() } }

    /// Gives up what it holds.
    func close() { packing.withLock { $0.close() } }
}
