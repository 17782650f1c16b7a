/// Finds the last frame of a segment from its end, so that a start reads one frame of each older segment, not all of it.
enum LastHeader {
    private static let windowByteCount = 256 << 10

    /// The last header whose check holds; nil if there is none.
    ///
    /// The bytes of a header can't stand inside a block by chance: its check is 64 bits of SHA-256.
    static func find(in file: any OpenFile) throws(FileError) -> (position: Int64, header: FrameHeader)? {
        let overlap = FrameFormat.headerPrefixByteCount + FrameFormat.headerByteCountMax
        var end = try file.size()
        while end > 0 {
            let start = max(0, end - Int64(self.windowByteCount))
            let bytes = try file.read(at: start, upTo: Int(end - start) + overlap)
            var limit = Int(end - start)
            while let index = lastHeaderMagic(in: bytes, before: limit) {
                if let (header, _) = FrameHeader.find(in: bytes, at: index) { return (start + Int64(index), header) }
                limit = index
            }
            end = start
        }
        return nil
    }
}
