/// The names inside one table's folder (journal-format.md, "Folder of one table").
package enum JournalFolder {
    /// The file that says which journal this is.
    package static let identityName = "journal.json"

    /// The file whose `flock` the writing process holds.
    package static let lockName = "lock"

    /// The folder of the snapshots, which are caches.
    package static let snapshotsName = "snapshots"

    /// The document that a journal goes on from, unless `journal.json` names another file.
    package static let startName = "start.json.lz4"

    /// Whether a name can be that of a document which a journal goes on from: ``startName``, or ``startName(offset:)``.
    package static func isStartName(_ name: String) -> Bool {
        name == self.startName || startOffset(ofName: name) != nil
    }

    /// The name of the document after event `offset`, for a journal that may have another start document beside it.
    package static func startName(offset: Int64) -> String { self.startPrefix + digits(offset) + self.snapshotSuffix }

    private static let startPrefix = "start-"

    private static func startOffset(ofName name: String) -> Int64? {
        guard name.hasPrefix(self.startPrefix) else { return nil }
        return offset(in: String(name.dropFirst(self.startPrefix.utf8.count)), suffix: self.snapshotSuffix)
    }

    /// The table's folder below the folder of all tables.
    package static let defaultTableName = "default"

    /// What segments end with, after 20 digits.
    package static let segmentSuffix = ".jsonl.lz4"

    /// What snapshots end with, after 20 digits.
    package static let snapshotSuffix = ".json.lz4"

    /// What files end with until they are whole.
    ///
    /// Those that a crash left are removed at the next start.
    package static let temporarySuffix = ".tmp"

    /// One table's folder for what an operator gave as `--journal`.
    ///
    /// The path itself if it holds a `journal.json` or is named `default`, otherwise its folder `default`.
    package static func resolve(_ path: String, fileSystem: any FileSystem) throws(JournalError) -> String {
        var folder = path
        while folder.utf8.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        let isTable = try journalIO { () throws(FileError) in
            try fileSystem.status(folder + "/" + self.identityName) != nil
        }
        if isTable || lastPathComponent(of: folder) == self.defaultTableName { return folder }
        return folder + "/" + self.defaultTableName
    }

    /// The file name of the segment whose first event is `base`.
    package static func segmentName(base: Int64) -> String { digits(base) + self.segmentSuffix }

    /// The first event's offset, if `name` is a segment's.
    package static func segmentBase(ofName name: String) -> Int64? { offset(in: name, suffix: self.segmentSuffix) }

    /// The file name of the snapshot after event `offset`.
    package static func snapshotName(offset: Int64) -> String { digits(offset) + self.snapshotSuffix }

    /// The offset, if `name` is a snapshot's.
    package static func snapshotOffset(ofName name: String) -> Int64? { offset(in: name, suffix: self.snapshotSuffix) }

    /// The file that keeps bytes which recovery cut off.
    static func tornName(digest: String) -> String { "torn-\(digest).bin" }

    private static func digits(_ value: Int64) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, 20 - text.utf8.count)) + text
    }

    private static func offset(in name: String, suffix: String) -> Int64? {
        guard name.hasSuffix(suffix), name.utf8.count == 20 + suffix.utf8.count else { return nil }
        let digits = name.utf8.prefix(20)
        guard digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return Int64(name.prefix(20)).flatMap { $0 <= offsetMax ? $0 : nil }
    }
}
