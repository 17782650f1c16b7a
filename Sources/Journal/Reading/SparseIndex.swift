import Synchronization

/// Where the frames of a journal begin, by offset and time; built while reading, kept in memory, and a cache in all.
///
/// An entry takes 24 bytes for each MiB of lines. Built by walking headers and block lengths, without unpacking: that reads a
/// segment once. Who wants a single frame of a large segment gets it by bisection (``FrameSearch``), until so many were
/// asked for that the index would have cost less.
final class SparseIndex: Sendable {
    /// One frame.
    struct Entry: Sendable, Equatable {
        /// Where its header begins.
        let position: Int64
        /// Offset of its first line.
        let base: Int64
        /// Its first line's time.
        let time: JournalTime
    }

    /// What is known of one segment.
    private struct Known: Sendable {
        /// The frames that have their end mark.
        var ended: [Entry] = []
        /// The frame after them, which may still grow.
        var open: Entry?
        /// Where that one begins, or will.
        var position: Int64 = 0
        /// The file's size when it was read.
        var byteCount: Int64 = 0
        /// How far it could be read.
        var readByteCount: Int64 = 0

        /// Nothing can come in without changing the size: the file was read to its end, where no space is prepared.
        var isWhole: Bool { self.readByteCount == self.byteCount }

        var entries: [Entry] { self.ended + (self.open.map { [$0] } ?? []) }
    }

    private let known = Mutex<[String: Known]>([:])
    /// How many frames of a segment were searched for without an index.
    private let searches = Mutex<[String: Int]>([:])

    /// Segments up to here are indexed at once.
    private static let smallByteCount: Int64 = 1 << 20
    /// So many searches read about as much as a walk through a whole segment.
    private static let searchCountMax = 16

    /// The last frame of a segment of which `isWanted` holds; nil if there is none.
    ///
    /// - Parameter isWanted: Holds of all frames up to some one and of none behind it; nil: the newest frame.
    func last(
        of segment: SegmentInfo, _ identity: JournalIdentity, fileSystem: any FileSystem,
        where isWanted: ((Entry) -> Bool)? = nil
    ) throws(JournalError) -> Entry? {
        if self.isIndexed(segment) {
            return try self.entries(of: segment, fileSystem: fileSystem).last { isWanted?($0) ?? true }
        }
        return try journalIO { () throws(FileError) in
            let file = try fileSystem.open(segment.path, .read)
            defer { file.close() }
            let search = FrameSearch(file, end: segment.byteCount, identity: identity)
            guard let isWanted else { return try search.newest() }
            return try search.last(where: isWanted)
        }
    }

    /// Whether the index of a segment is there, or is to be made; counts a search if not.
    private func isIndexed(_ segment: SegmentInfo) -> Bool {
        if segment.byteCount <= Self.smallByteCount || self.known.withLock({ $0[segment.path] != nil }) { return true }
        return self.searches.withLock { searches in
            searches[segment.path, default: 0] += 1
            return searches[segment.path, default: 0] > Self.searchCountMax
        }
    }

    /// The frames of a segment that have a first line.
    ///
    /// Reads on from what is known.
    func entries(of segment: SegmentInfo, fileSystem: any FileSystem) throws(JournalError) -> [Entry] {
        var known = self.known.withLock { $0[segment.path] } ?? Known()
        if segment.byteCount == known.byteCount, known.isWhole { return known.entries }
        // A shorter file lost a commit that was never acknowledged: what is known may be wrong from there on.
        if segment.byteCount < known.readByteCount { known = Known() }
        known.byteCount = segment.byteCount
        do throws(FileError) {
            let file = try fileSystem.open(segment.path, .read)
            defer { file.close() }
            try Self.extend(&known, file)
        } catch {
            throw .io(error)
        }
        let result = known
        self.known.withLock { $0[segment.path] = result }
        return result.entries
    }

    /// Forgets a segment whose bytes are not what was known of them.
    func forget(_ segment: SegmentInfo) { self.known.withLock { $0[segment.path] = nil } }

    private static func extend(_ known: inout Known, _ file: any OpenFile) throws(FileError) {
        var walker = SegmentWalker(file, from: known.position, readByteCount: 64 << 10)
        known.open = nil
        defer { known.readByteCount = walker.position }
        while case .frame(let header) = try walker.next() {
            // A frame without a line, ended or not, is none that anybody looks for.
            guard case .block(let block) = try walker.next(), let time = firstTime(block, walker.window) else { return }
            let entry = Entry(position: known.position, base: header.base, time: time)
            while walker.isInFrame {
                switch try walker.next(skippingContents: true) {
                case .block, .endMark: continue
                case .endOfFile, .zeros, .bad, .frame:
                    known.open = entry
                    return
                }
            }
            known.ended.append(entry)
            known.position = walker.position
        }
    }

    /// The time in the first bytes of a frame.
    static func firstTime(_ block: StoredBlock, _ window: [UInt8]) -> JournalTime? {
        let enough = 96
        let bytes =
            block.isPacked
            ? unpackBeginning(window, block.range, upTo: enough) : Array(window[block.range.prefix(enough)])
        var scanner = LineScanner()
        guard scanner.readOffset(bytes.span) != nil else { return nil }
        return scanner.readTime(bytes.span)
    }
}
