import Journal
import Table

/// Copies blobs: each is what its name says, or isn't there.
struct BlobCopy {
    /// What became of one.
    enum Result: Equatable {
        case copied(byteCount: Int64)
        /// It couldn't be had, and why.
        case missing(String)
    }

    private let source: any MirrorSource
    private let store: BlobStore
    private let pieceByteCount: Int

    init(_ source: any MirrorSource, _ store: BlobStore, pieceByteCount: Int) {
        self.source = source
        self.store = store
        self.pieceByteCount = pieceByteCount
    }

    /// Removes what an interrupted run had begun; under the copy's lock.
    func removeLeftovers() throws(ReplayError) {
        try Self.onDisk { () throws(FileError) in _ = try store.removeLeftovers() }
    }

    /// Those that aren't there.
    func lacking(_ named: [String: BlobMention]) throws(ReplayError) -> [String: BlobMention] {
        var lacking: [String: BlobMention] = [:]
        for (sha256, mention) in named {
            let isThere = try Self.onDisk { () throws(FileError) in try store.contains(sha256) }
            if !isThere { lacking[sha256] = mention }
        }
        return lacking
    }

    /// Fetches one, a piece at a time.
    ///
    /// - Parameter progress: Bytes so far, and in all.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` if the server can't be reached or the disk refuses.
    func fetch(_ sha256: String, progress: (Int64, Int64) -> Void) async throws(ReplayError) -> Result {
        let upload = try Self.onDisk { () throws(FileError) in try store.makeUpload() }
        defer { upload.cancel() }
        var done: Int64 = 0
        while true {
            let (bytes, size): ([UInt8], Int64)
            switch try await source.blob(sha256, from: done, upTo: pieceByteCount) {
            case .lacking(let reason): return .missing(reason)
            case .piece(let piece, let whole): (bytes, size) = (piece, whole)
            }
            try Self.onDisk { () throws(FileError) in try upload.append(bytes) }
            done += Int64(bytes.count)
            progress(done, size)
            if done >= size { break }
            guard !bytes.isEmpty else { return .missing("\(source.name) sends only \(done) bytes of it") }
        }
        let isRight = try Self.onDisk { () throws(FileError) in try upload.finish(as: sha256) }
        return isRight ? .copied(byteCount: done) : .missing("what \(source.name) sends isn't what its name says")
    }

    private static func onDisk<Value>(_ body: () throws(FileError) -> Value) throws(ReplayError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            throw ReplayError(error)
        }
    }
}
