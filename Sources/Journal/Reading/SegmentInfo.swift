/// One segment file.
package struct SegmentInfo: Sendable, Equatable {
    /// The file's name.
    package let name: String

    /// Offset of its first event.
    package let baseOffset: Int64

    /// Its size now.
    ///
    /// The last segment's may include bytes of a commit that is being written, and space prepared for those to come.
    package let byteCount: Int64

    /// The file's path.
    package let path: String

    var base: Int64 { self.baseOffset }
}

/// The segments of a folder, oldest first.
func listSegments(folder: String, fileSystem: any FileSystem) throws(JournalError) -> [SegmentInfo] {
    try journalIO { () throws(FileError) in
        var segments: [SegmentInfo] = []
        for name in try fileSystem.list(folder) {
            guard let base = JournalFolder.segmentBase(ofName: name) else { continue }
            let path = folder + "/" + name
            let byteCount = try fileSystem.status(path)?.byteCount ?? 0
            segments.append(SegmentInfo(name: name, baseOffset: base, byteCount: byteCount, path: path))
        }
        return segments
    }
}
