import Synchronization

/// A file's bytes and, behind them, bytes that were received and are not in it yet; to be read as one.
///
/// What checks a segment reads this, so that nothing gets into the file before it is known to be right.
final class GrowingFile: OpenFile {
    private struct Content {
        /// The first bytes, on disk; nil while there are none.
        var file: (any OpenFile)?
        /// How many bytes are on disk.
        var storedByteCount: Int64
        /// The bytes behind them.
        var received: [UInt8] = []
    }

    let path: String
    private let content: Mutex<Content>

    /// - Parameters:
    ///   - path: Where the bytes will be; for messages.
    ///   - file: What is there already.
    ///   - byteCount: How many bytes of it count.
    init(path: String, file: (any OpenFile)?, byteCount: Int64) {
        self.path = path
        self.content = Mutex(Content(file: file, storedByteCount: byteCount))
    }

    /// Received bytes that are not on disk.
    var receivedByteCount: Int { self.content.withLock { $0.received.count } }

    /// Takes bytes that come behind all others.
    func receive(_ bytes: [UInt8]) {
        self.content.withLock { $0.received += bytes }
    }

    /// The first received bytes, up to a position in the file.
    func received(before position: Int64) -> [UInt8] {
        self.content.withLock { content in
            Array(content.received.prefix(Int(max(0, position - content.storedByteCount))))
        }
    }

    /// The bytes before a position are in `file` now.
    func stored(before position: Int64, in file: any OpenFile) {
        self.content.withLock { content in
            content.received.removeFirst(Int(max(0, position - content.storedByteCount)))
            content.storedByteCount = max(position, content.storedByteCount)
            content.file = file
        }
    }

    func size() throws(FileError) -> Int64 {
        self.content.withLock { $0.storedByteCount + Int64($0.received.count) }
    }

    func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
        try self.content.withLock { content throws(FileError) in
            var bytes: [UInt8] = []
            if let file = content.file, offset < content.storedByteCount {
                let stored = Int(min(Int64(count), content.storedByteCount - offset))
                bytes = try file.read(at: offset, upTo: stored)
                // A file that became shorter meanwhile ends here, whatever was received behind it.
                guard bytes.count == stored else { return bytes }
            }
            let start = max(0, offset + Int64(bytes.count) - content.storedByteCount)
            guard start < content.received.count else { return bytes }
            let end = min(content.received.count, Int(start) + count - bytes.count)
            return bytes + content.received[Int(start)..<end]
        }
    }

    func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int { throw self.readOnly(.write) }
    func truncate(to byteCount: Int64) throws(FileError) { throw self.readOnly(.truncate) }
    func startWriteOut(from offset: Int64, count: Int) {}
    func syncData() throws(FileError) { throw self.readOnly(.sync) }
    func sync() throws(FileError) { throw self.readOnly(.sync) }
    func close() {}

    private func readOnly(_ operation: FileError.Operation) -> FileError {
        FileError(operation: operation, path: self.path, code: FileError.readOnlyCode)
    }
}
