import Glibc
import Journal
import NIOPosix
import Synchronization
import Table

/// Where an uploaded file's bytes go while it arrives.
///
/// Called by one task at a time, on a thread that may block.
package protocol UploadSink: AnyObject, Sendable {
    /// Takes more of the file.
    func append(_ bytes: [UInt8]) throws
    /// Gives up: nothing is left behind. Harmless after the file was kept.
    func cancel()
}

/// A file on its way into the table's blobs.
package final class BlobSink: UploadSink {
    private let upload: BlobUpload

    /// Opens a temporary file beside the blobs.
    package init(_ blobs: BlobStore) throws {
        self.upload = try blobs.makeUpload()
    }

    /// Takes more of the file.
    package func append(_ bytes: [UInt8]) throws {
        try upload.append(bytes)
    }

    /// Gives up; nothing is left behind.
    package func cancel() {
        upload.cancel()
    }

    /// Makes the blob durable under its hash.
    ///
    /// - Parameter name: The file's name, whose extension says what it is.
    package func keep(name: String) throws -> BlobReference {
        let stored = try upload.finish()
        return BlobReference(sha256: stored.sha256, size: stored.size, mediaType: MediaType.forName(name))
    }
}

/// A file that is only needed until the request is answered, such as a backup's archive.
///
/// It has no name from the beginning, so that nothing is left of it whatever happens to the process.
package final class TemporarySink: UploadSink {
    /// Leads to the file as long as this object has not been cancelled.
    package let path: String
    private let descriptor: Mutex<Int32>

    /// - Parameters:
    ///   - folder: On which file system it is; the table's own folder, which has room for what comes out of it.
    ///   - name: A name that nobody else uses, for the moment in which it has one.
    package init(folder: String, name: String) throws {
        let visible = "\(folder)/\(name)"
        let opened = open(visible, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw UploadError(path: visible, code: errno) }
        unlink(visible)
        self.path = "/proc/self/fd/\(opened)"
        self.descriptor = Mutex(opened)
    }

    deinit {
        cancel()
    }

    /// Takes more of the file.
    package func append(_ bytes: [UInt8]) throws {
        try descriptor.withLock { descriptor in
            var rest = bytes
            while !rest.isEmpty {
                let written = write(descriptor, rest, rest.count)
                guard written > 0 else { throw UploadError(path: path, code: errno) }
                rest.removeFirst(written)
            }
        }
    }

    /// Gives up; nothing is left behind.
    package func cancel() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            close(descriptor)
            descriptor = -1
        }
    }
}

/// An upload that could not be stored on this machine.
package struct UploadError: Error, CustomStringConvertible {
    /// The file that could not be written.
    package let path: String
    /// The system's error number.
    package let code: Int32

    /// Disk, quota or file size limit is full.
    package var isDiskFull: Bool { FileError(operation: .write, path: path, code: code).isDiskFull }

    package var description: String { "can't write \(path): \(String(cString: strerror(code)))" }
}
