import Archives
import Journal
import Logging
import Table

/// Writes a table's files into a zip archive piece by piece, as fast as somebody takes the pieces.
///
/// The archive shows one committed document: what changes meanwhile is not in it. A file whose content isn't what was once
/// uploaded is never handed out as if it were: the archive ends there. One that isn't on disk is left out. An actor, as the
/// archive belongs to one task at a time; memory is bounded by one piece.
package actor BackupExporter {
    /// How much of a file is read at once, in bytes; packed on one of the few threads that run everything, it takes
    /// some milliseconds.
    private static let readByteCount = 128 << 10

    private let entries: [ExportEntry]
    private let blobs: BlobStore
    private let secondsSince1970: Int64
    private let zip: ZipWriter
    private let logger: Logger
    private var index = 0
    /// The blob that is being packed, and its content's name.
    private var open: (packing: FilePacking, sha256: String)?
    private var isFinished = false

    /// - Parameters:
    ///   - entries: What goes in, in order.
    ///   - blobs: Where its files are.
    ///   - time: The modification time that every entry gets.
    ///   - logger: Is told what is left out.
    package init(entries: [ExportEntry], blobs: BlobStore, time: JournalTime, logger: Logger) throws(ZipError) {
        self.entries = entries
        self.blobs = blobs
        self.secondsSince1970 = time.milliseconds / 1000
        self.zip = try ZipWriter()
        self.logger = logger
    }

    deinit { open?.packing.file.close() }

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
        if let (packing, sha256) = open {
            try proceed(with: packing, sha256)
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
            guard let file = try file(of: blob, for: entry.path) else { return }
            let packing = try FilePacking(
                file, as: entry.path, in: zip, secondsSince1970: secondsSince1970,
                pieceByteCount: Self.readByteCount)
            open = (packing, blob.sha256)
        }
    }

    /// nil where it isn't on disk.
    private func file(of blob: BlobReference, for path: String) throws(FileError) -> (any OpenFile)? {
        do throws(FileError) {
            return try blobs.open(blob.sha256)
        } catch {
            guard error.isMissing else { throw error }
            logger.warning(
                "Left out of the export: it isn't on disk", metadata: ["path": "\(path)", "blob": "\(blob.sha256)"])
            return nil
        }
    }

    private func proceed(with packing: FilePacking, _ sha256: String) throws {
        var packing = packing
        let isPacked = try packing.packNext(into: zip) == nil
        open = isPacked ? nil : (packing, sha256)
        guard isPacked, packing.sha256 != sha256 else { return }
        throw ZipError(action: "packing", reason: "the content of \(packing.file.path) isn't what its name says")
    }
}
