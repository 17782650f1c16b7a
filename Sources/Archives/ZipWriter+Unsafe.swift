import CArchive
import Glibc

/// Writes a zip archive piece by piece with libarchive, into memory that is taken out between the pieces.
///
/// So an archive of any size streams through a bounded buffer: add, write, ``takeOutput()``, send, and so on.
///
/// Why there are pointers here: libarchive is a C library, and its handle is an opaque pointer. The handle is made in
/// `init`, used only by this object, which belongs to one task at a time (it is not Sendable), and freed in `deinit`,
/// before the output, which this object owns.
package final class ZipWriter {
    private let handle: OpaquePointer
    private let output = ArchiveOutput()
    private let locale = UTF8Locale()

    /// Begins an archive.
    package init() throws(ZipError) {
        guard let handle = archive_write_new() else { throw ZipError(action: "beginning", reason: "no memory") }
        self.handle = handle
        try check(archive_write_set_format_zip(handle), "choosing the format")
        // Level 1: most of a table is images and sound, which no level makes smaller, only slower.
        let options = "zip:compression=deflate,zip:compression-level=1,zip:hdrcharset=UTF-8"
        // libarchive remembers the locale's code set from its first use, so that has to be here already.
        try locale.use { () throws(ZipError) in
            try check(archive_write_set_options(handle, options), "choosing the options")
        }
        try check(archive_write_set_bytes_per_block(handle, 64 << 10), "choosing the block size")
        try check(archive_write_set_bytes_in_last_block(handle, 1), "choosing the last block's size")
        try check(output.open(handle), "beginning")
    }

    deinit {
        archive_write_free(handle)
    }

    /// Begins a file entry.
    ///
    /// - Parameters:
    ///   - path: Its path in the archive, with `/` between folders.
    ///   - byteCount: The length of the content that will follow.
    ///   - secondsSince1970: Its modification time.
    package func beginFile(_ path: String, byteCount: Int64, secondsSince1970: Int64) throws(ZipError) {
        try locale.use { () throws(ZipError) in
            guard let entry = archive_entry_new() else { throw ZipError(action: "adding \(path)", reason: "no memory") }
            defer { archive_entry_free(entry) }
            archive_entry_set_pathname_utf8(entry, path)
            archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
            archive_entry_set_perm(entry, 0o644)
            archive_entry_set_size(entry, byteCount)
            archive_entry_set_mtime(entry, Int(secondsSince1970), 0)
            try check(archive_write_header(handle, entry), "adding \(path)")
        }
    }

    /// More content of the present entry.
    package func write(_ bytes: [UInt8]) throws(ZipError) {
        guard archive_write_data(handle, bytes, bytes.count) == bytes.count else {
            throw ZipError(action: "writing an entry", reason: ZipReader.message(handle))
        }
    }

    /// Ends the archive; its directory is in the last output.
    package func finish() throws(ZipError) {
        try locale.use { () throws(ZipError) in try check(archive_write_close(handle), "ending the archive") }
    }

    /// What has become ready since the last time.
    package func takeOutput() -> [UInt8] { output.take() }

    private func check(_ result: Int32, _ action: String) throws(ZipError) {
        guard result >= ARCHIVE_OK else { throw ZipError(action: action, reason: ZipReader.message(handle)) }
    }
}
