import Crypto
import JSONDocument
import Journal
import Synchronization

/// One blob on its way to disk: streamed to a temporary file while its SHA-256 is taken.
///
/// Bytes in, then ``finish()`` or ``cancel()``; an upload that is dropped without either is cancelled. Thread-safe, but the
/// bytes are taken in the order of the calls.
package final class BlobUpload: Sendable {
    private struct Progress {
        var hash = SHA256()
        var size = 0
        /// Up to where the disk was asked to write it out.
        var writtenOut = 0
        var isOver = false
    }

    /// How many bytes go to disk together, whole pages: small files are left to the sync.
    private static let writeOutByteCount = 4 << 20

    private let store: BlobStore
    private let file: any OpenFile
    private let path: String
    private let progress = Mutex(Progress())

    init(store: BlobStore, file: any OpenFile, path: String) {
        self.store = store
        self.file = file
        self.path = path
    }

    deinit {
        self.cancel()
    }

    /// How many bytes were taken so far.
    package var size: Int { self.progress.withLock { $0.size } }

    /// Takes the next bytes.
    ///
    /// - Throws: The disk's answer (``FileError/isDiskFull``); the upload is then of no use and should be cancelled.
    package func append(_ bytes: [UInt8]) throws(FileError) {
        try self.progress.withLock { progress throws(FileError) in
            try self.file.writeAll(bytes, at: Int64(progress.size))
            progress.hash.update(data: bytes)
            progress.size += bytes.count
            self.startWriteOut(&progress)
        }
    }

    /// Keeps the disk busy while more arrives: ``finish()`` would otherwise begin to write when everything is there.
    private func startWriteOut(_ progress: inout Progress) {
        // A page that more is appended to would be written twice.
        let end = progress.size / Self.writeOutByteCount * Self.writeOutByteCount
        guard end > progress.writtenOut else { return }
        self.file.startWriteOut(from: Int64(progress.writtenOut), count: end - progress.writtenOut)
        progress.writtenOut = end
    }

    /// Makes it a blob: synced, renamed, folders synced, also if one of the same content is there already.
    ///
    /// When it returns, an event may name the blob. After an error nothing can be said of it; cancel and upload anew.
    package func finish() throws(FileError) -> (sha256: String, size: Int) {
        try self.progress.withLock { progress throws(FileError) in
            let sha256 = hexString(progress.hash.finalize())
            try self.file.sync()
            try self.store.adopt(self.path, as: sha256)
            progress.isOver = true
            self.file.close()
            return (sha256, progress.size)
        }
    }

    /// Makes it a blob if it is the one that was asked for; otherwise nothing is left of it.
    ///
    /// - Returns: Whether its content is what the name says.
    package func finish(as sha256: String) throws(FileError) -> Bool {
        try self.progress.withLock { progress throws(FileError) in
            defer { self.file.close() }
            progress.isOver = true
            guard hexString(progress.hash.finalize()) == sha256 else {
                self.store.discard(self.path)
                return false
            }
            try self.file.sync()
            try self.store.adopt(self.path, as: sha256)
            return true
        }
    }

    /// Removes what was taken; after ``finish()`` it does nothing.
    package func cancel() {
        self.progress.withLock { progress in
            guard !progress.isOver else { return }
            progress.isOver = true
            self.file.close()
            self.store.discard(self.path)
        }
    }
}
