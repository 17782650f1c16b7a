import JSONDocument
import Journal
import Table

/// The snapshots of a damaged journal that are whole: a document that is known though events before it are lost.
struct RepairSnapshots: Sendable {
    /// By offset.
    private(set) var files: [Int64: SnapshotFile] = [:]

    /// Those that are of no use, each with why.
    private(set) var faults: [SalvageFault] = []

    init() {}

    /// Reads all snapshots of a folder.
    ///
    /// Whole means: the file's checksum holds, it names this journal and its own offset, and its document has the digest that it
    /// says.
    static func read(folder: String, fileSystem: any FileSystem, journal: String) throws(JournalError) -> Self {
        let store = SnapshotStore(folder: folder, fileSystem: fileSystem)
        var snapshots = RepairSnapshots()
        for offset in try store.list() {
            let path = "\(folder)/\(JournalFolder.snapshotsName)/\(JournalFolder.snapshotName(offset: offset))"
            let read: SnapshotFile?
            do throws(JournalError) {
                read = try store.read(offset)
            } catch .io(let cause) where cause.operation == .read {
                snapshots.faults.append(SalvageFault(unreadable: path, cause, eventOffset: offset))
                continue
            }
            guard let file = read else {
                snapshots.note(path, offset, "a snapshot that can't be read")
                continue
            }
            if file.journal != journal {
                snapshots.note(path, offset, "a snapshot of another journal")
            } else if self.document(of: file) == nil {
                snapshots.note(path, offset, "a snapshot whose document hasn't the digest that it says")
            } else {
                snapshots.files[offset] = file
            }
        }
        return snapshots
    }

    /// A snapshot's document; nil if it isn't JSON or its digest is another.
    static func document(of file: SnapshotFile) -> JSONValue? {
        guard let document = try? file.parsedDocument(), DocumentDigest.compute(document) == file.digest
        else { return nil }
        return document
    }

    private mutating func note(_ path: String, _ offset: Int64, _ reason: String) {
        self.faults.append(SalvageFault(file: path, eventOffset: offset, reason: reason))
    }
}
