import Archives
import Journal
import Table

/// Writes a table's files into a zip archive piece by piece, as fast as somebody takes the pieces.
///
/// The archive shows one committed document: what changes meanwhile is not in it. An actor, as the archive belongs to
/// one task at a time; memory is bounded by one piece.
package actor BackupExporter {
    /// How much of a file is read at once, in bytes; packed on one of the few threads that run everything, it takes
    /// some milliseconds.
    private static let readByteCount = 128 << 10

    private let entries: [ExportEntry]
    private let blobs: BlobStore
    private let secondsSince1970: Int64
    private let zip: ZipWriter
    private var index = 0
    /// The blob that is being packed, and how far it got.
    private var open: (file: any OpenFile, offset: Int64, size: Int64)?
    private var isFinished = false

    /// - Parameters:
    ///   - entries: What goes in, in order.
    ///   - blobs: Where its files are.
    ///   - time: The modification time that every entry gets.
    package init(entries: [ExportEntry], blobs: BlobStore, time: JournalTime) throws(ZipError) {
        self.entries = entries
        self.blobs = blobs
        self.secondsSince1970 = time.milliseconds / 1000
        self.zip = try ZipWriter()
    }

    /// The next piece of the archive; nil behind its end.
    package func next() throws -> [UInt8]? {
        while !isFinished {
            try step()
            let output = zip.takeOutput()
            if !output.isEmpty { return output }
        }
        return nil
    }

    private func step() throws {
        if let (file, offset, size) = open {
            let bytes = try file.read(at: offset, upTo: Int(min(Int64(Self.readByteCount), size - offset)))
            guard !bytes.isEmpty else { throw ZipError(action: "packing", reason: "a blob is shorter than it was") }
            try zip.write(bytes)
            let end = offset + Int64(bytes.count)
            open = end < size ? (file, end, size) : nil
            if end >= size { file.close() }
        } else if index < entries.count {
            try begin(entries[index])
            index += 1
        } else {
            try zip.finish()
            isFinished = true
        }
    }

    private func begin(_ entry: ExportEntry) throws {
        switch entry.content {
        case .bytes(let bytes):
            try zip.beginFile(entry.path, byteCount: Int64(bytes.count), secondsSince1970: secondsSince1970)
            try zip.write(bytes)
        case .blob(let blob):
            let file = try blobs.open(blob.sha256)
            let size = try file.size()
            try zip.beginFile(entry.path, byteCount: size, secondsSince1970: secondsSince1970)
            open = size > 0 ? (file, 0, size) : nil
        }
    }
}
