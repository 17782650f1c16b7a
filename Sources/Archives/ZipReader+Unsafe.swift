import CArchive
import Glibc

/// Reads a zip file entry by entry with libarchive.
///
/// Why there are pointers here: libarchive is a C library, its handles are opaque pointers. Each handle is made in
/// `init`, used only by this object, which belongs to one thread at a time (it is not Sendable), and freed in
/// `deinit`. An entry pointer lives until the next header is read and is not kept beyond ``next()``. Buffers are
/// handed over with their own length.
package final class ZipReader {
    /// What an entry is.
    package enum Kind: Sendable { case file, folder, other }

    /// One entry's header.
    package struct Entry: Sendable, Equatable {
        /// As it stands in the archive; anything is possible.
        package let path: String
        /// What it is.
        package let kind: Kind
        /// Whether its content needs a password.
        package let isEncrypted: Bool
    }

    private let handle: OpaquePointer
    private let locale = UTF8Locale()

    /// Opens a zip file.
    package init(path: String) throws(ZipError) {
        guard let handle = archive_read_new() else { throw ZipError(action: "opening", reason: "no memory") }
        self.handle = handle
        try locale.use { () throws(ZipError) in
            try check(archive_read_support_format_zip(handle), "preparing")
            try check(archive_read_open_filename(handle, path, 64 << 10), "opening")
        }
    }

    deinit {
        archive_read_free(handle)
    }

    /// The next entry, nil behind the last one.
    ///
    /// What is left of the present one is skipped.
    package func next() throws(ZipError) -> Entry? {
        try locale.use { () throws(ZipError) -> Entry? in
            var entry: OpaquePointer?
            let result = archive_read_next_header(handle, &entry)
            if result == ARCHIVE_EOF { return nil }
            try check(result, "reading an entry's header")
            guard let entry, let name = archive_entry_pathname_utf8(entry) else {
                throw ZipError(action: "reading an entry's header", reason: "its name is not UTF-8")
            }
            return Entry(
                path: String(cString: name), kind: Self.kind(archive_entry_filetype(entry)),
                isEncrypted: archive_entry_is_encrypted(entry) != 0)
        }
    }

    /// More of the present entry's content, at most `limit` bytes; empty at its end.
    ///
    /// Checks the content's CRC there.
    package func read(upTo limit: Int) throws(ZipError) -> [UInt8] {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
            count = archive_read_data(handle, buffer.baseAddress, limit)
            initialized = max(0, count)
        }
        guard count >= 0 else { throw ZipError(action: "reading an entry", reason: Self.message(handle)) }
        return bytes
    }

    private func check(_ result: Int32, _ action: String) throws(ZipError) {
        guard result >= ARCHIVE_OK else { throw ZipError(action: action, reason: Self.message(handle)) }
    }

    private static func kind(_ type: mode_t) -> Kind {
        switch type {
        case Glibc.S_IFREG: .file
        case Glibc.S_IFDIR: .folder
        default: .other
        }
    }

    static func message(_ handle: OpaquePointer) -> String {
        archive_error_string(handle).map { String(cString: $0) } ?? "unknown reason"
    }
}

/// A locale in which libarchive takes names for UTF-8, whatever the process's own is.
///
/// libarchive asks the C library for the code set of names. The thread's locale is changed for one call and put back,
/// so that nothing else in the process notices. The handle is made and freed here.
final class UTF8Locale {
    private let locale: locale_t?

    init() {
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
    }

    deinit {
        if let locale { freelocale(locale) }
    }

    /// Runs something under the locale; under the thread's own if there is no C.UTF-8.
    func use<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        guard let locale else { return try body() }
        let before = uselocale(locale)
        defer { uselocale(before) }
        return try body()
    }
}
