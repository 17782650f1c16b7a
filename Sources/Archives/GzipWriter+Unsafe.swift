import CArchive
import Glibc

/// Writes one gzip file (RFC 1952) piece by piece with libarchive, into memory that is taken out between the pieces.
///
/// Why there are pointers here: libarchive is a C library, and its handle is an opaque pointer. The handle is made in `init`, used
/// only by this object, which belongs to one task at a time (it is not Sendable), and freed in `deinit`, before the output.
package final class GzipWriter {
    private let handle: OpaquePointer
    private let output = ArchiveOutput()

    /// Begins a file.
    package init() throws(ZipError) {
        guard let handle = archive_write_new() else { throw ZipError(action: "beginning", reason: "no memory") }
        self.handle = handle
        try check(archive_write_set_format_raw(handle), "choosing the format")
        try check(archive_write_add_filter_gzip(handle), "choosing gzip")
        try check(archive_write_set_bytes_per_block(handle, 64 << 10), "choosing the block size")
        try check(archive_write_set_bytes_in_last_block(handle, 1), "choosing the last block's size")
        try check(output.open(handle), "beginning")
        guard let entry = archive_entry_new() else { throw ZipError(action: "beginning", reason: "no memory") }
        defer { archive_entry_free(entry) }
        archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
        try check(archive_write_header(handle, entry), "beginning")
    }

    deinit {
        archive_write_free(handle)
    }

    /// More content.
    package func write(_ bytes: [UInt8]) throws(ZipError) {
        guard archive_write_data(handle, bytes, bytes.count) == bytes.count else {
            throw ZipError(action: "compressing", reason: ZipReader.message(handle))
        }
    }

    /// Ends the file; its checksum is in the last output.
    package func finish() throws(ZipError) {
        try check(archive_write_close(handle), "ending")
    }

    /// What has become ready since the last time.
    package func takeOutput() -> [UInt8] { output.take() }

    private func check(_ result: Int32, _ action: String) throws(ZipError) {
        guard result >= ARCHIVE_OK else { throw ZipError(action: action, reason: ZipReader.message(handle)) }
    }
}
