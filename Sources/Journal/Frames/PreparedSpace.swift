/// Space behind the newest commit that was filled with zeros beforehand (journal-format.md, "Prepared space").
///
/// A commit that overwrites zeros changes neither the file's size nor its place on the disk, so its sync waits for the commit's
/// bytes and for nothing else.
enum PreparedSpace {
    /// It has at least so many bytes, to the file's end.
    ///
    /// A file that ends with fewer zeros ends with an end mark, or with what a crash left.
    static let byteCountMin: Int64 = 4096

    private static let windowByteCount: Int64 = 64 << 10

    /// Where it begins; `end` where there is none.
    ///
    /// - Parameters:
    ///   - start: It can't begin before this byte.
    ///   - end: The file's size.
    static func start(in file: any OpenFile, from start: Int64, to end: Int64) throws(FileError) -> Int64 {
        var position = end
        while position > start {
            let window = max(start, position - self.windowByteCount)
            let bytes = try file.read(at: window, upTo: Int(position - window))
            if let last = bytes.lastIndex(where: { $0 != 0 }) {
                position = window + Int64(last) + 1
                break
            }
            position = window
        }
        return end - position >= self.byteCountMin ? position : end
    }

    /// The same for a file's bytes; a block may end with up to four zeros behind that.
    static func start(in bytes: [UInt8]) -> Int {
        let position = (bytes.lastIndex { $0 != 0 } ?? -1) + 1
        return bytes.count - position >= Int(self.byteCountMin) ? position : bytes.count
    }
}
