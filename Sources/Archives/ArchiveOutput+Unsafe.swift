import CArchive

/// Where libarchive puts what it has finished, until somebody takes it.
///
/// Why there are pointers here: libarchive's output callback gets a context pointer, which points to this object. Whoever calls
/// ``open(_:)`` owns both this object and the handle, and frees the handle first or at the same time. The callback's buffer is
/// copied before it returns.
final class ArchiveOutput {
    private var bytes: [UInt8] = []

    /// Makes this the output of a handle that is not open yet.
    ///
    /// - Returns: libarchive's result.
    func open(_ handle: OpaquePointer) -> Int32 {
        archive_write_open(
            handle, Unmanaged.passUnretained(self).toOpaque(), nil,
            { _, context, bytes, count in
                guard let context, let bytes else { return -1 }
                let output = Unmanaged<ArchiveOutput>.fromOpaque(context).takeUnretainedValue()
                output.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
                return count
            }, nil)
    }

    /// What has become ready since the last time.
    func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
