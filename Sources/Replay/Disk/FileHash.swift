import Crypto
import JSONDocument
import Journal

/// The SHA-256 of a file's content.
enum FileHash {
    /// - Parameter read: Told the length of each piece that was read, in bytes.
    /// - Returns: 64 hex digits.
    static func sha256(of file: any OpenFile, read: (Int) -> Void = { _ in }) throws(FileError) -> String {
        var hash = SHA256()
        var pieces = FilePieces(of: file)
        while let (_, piece) = try pieces.next() {
            hash.update(data: piece)
            read(piece.count)
        }
        return hexString(hash.finalize())
    }

    /// The same of a file that isn't open.
    static func sha256(_ path: String, fileSystem: any FileSystem) throws(FileError) -> String {
        let file = try fileSystem.open(path, .read)
        defer { file.close() }
        return try sha256(of: file)
    }
}
