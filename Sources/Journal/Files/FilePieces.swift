/// A file from its beginning to its end, a piece at a time.
package struct FilePieces {
    /// The most that a piece holds, in bytes.
    private static let byteCountMax = 1 << 20

    private let file: any OpenFile
    private var position: Int64 = 0

    package init(of file: any OpenFile) {
        self.file = file
    }

    /// The next piece, which isn't empty, and where it begins in the file; nil at the end.
    package mutating func next() throws(FileError) -> (position: Int64, bytes: [UInt8])? {
        let bytes = try self.file.read(at: self.position, upTo: Self.byteCountMax)
        guard !bytes.isEmpty else { return nil }
        defer { self.position += Int64(bytes.count) }
        return (self.position, bytes)
    }
}
