import Crypto
import JSONDocument
import Journal

/// A file that is packed into an archive piece by piece, and the digest of what was packed of it.
package struct FilePacking {
    /// What is packed; closed once all of it is, otherwise by whoever gives up.
    package let file: any OpenFile
    private let byteCount: Int64
    private let pieceByteCount: Int
    private var position: Int64 = 0
    private var hash = SHA256()

    /// Begins the file's entry.
    ///
    /// - Parameters:
    ///   - file: Closed where the entry can't be begun.
    ///   - path: What it is called in the archive.
    ///   - pieceByteCount: How much is read at once.
    package init(
        _ file: any OpenFile, as path: String, in zip: ZipWriter, secondsSince1970: Int64, pieceByteCount: Int
    ) throws {
        do {
            byteCount = try file.size()
            try zip.beginFile(path, byteCount: byteCount, secondsSince1970: secondsSince1970)
        } catch {
            file.close()
            throw error
        }
        self.file = file
        self.pieceByteCount = pieceByteCount
    }

    /// Packs the next piece.
    ///
    /// - Returns: The piece's length in bytes; nil where all was packed.
    /// - Throws: Also where the file has become shorter.
    package mutating func packNext(into zip: ZipWriter) throws -> Int? {
        guard position < byteCount else {
            file.close()
            return nil
        }
        let bytes = try file.read(at: position, upTo: Int(min(Int64(pieceByteCount), byteCount - position)))
        guard !bytes.isEmpty else { throw FileError.missing(file.path) }
        try zip.write(bytes)
        position += Int64(bytes.count)
        hash.update(data: bytes)
        return bytes.count
    }

    /// The SHA-256 of what was packed, in hexadecimal digits.
    package var sha256: String { hexString(hash.finalize()) }
}
