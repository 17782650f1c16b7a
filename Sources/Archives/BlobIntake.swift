import Crypto
import JSONDocument
import Table

/// Takes a file's content in: into a table's blobs, or only to find out which blob it would be.
///
/// Used by one thread.
package final class BlobIntake {
    private let upload: BlobUpload?
    private var hash = SHA256()
    private var byteCount = 0

    /// - Parameter blobs: nil: nothing is stored.
    package init(_ blobs: BlobStore?) throws {
        upload = try blobs?.makeUpload()
    }

    /// Takes the next bytes.
    package func append(_ bytes: [UInt8]) throws {
        if let upload { return try upload.append(bytes) }
        hash.update(data: bytes)
        byteCount += bytes.count
    }

    /// Makes it a blob, durable if it is stored.
    ///
    /// - Parameter name: The file's name, whose extension says what it is.
    package func finish(name: String) throws -> BlobReference {
        let stored = try upload?.finish() ?? (hexString(hash.finalize()), byteCount)
        return BlobReference(sha256: stored.0, size: stored.1, mediaType: MediaType.forName(name))
    }

    /// Gives up; nothing is left behind.
    package func cancel() { upload?.cancel() }
}
