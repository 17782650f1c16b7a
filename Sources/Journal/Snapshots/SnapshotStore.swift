/// The snapshots of a journal.
///
/// One process writes them (the one that holds the lock), from any thread; others may read.
package struct SnapshotStore: Sendable {
    private let folder: String
    private let fileSystem: any FileSystem

    /// - Parameter folder: The table's folder; the snapshots are in its folder `snapshots`.
    package init(folder: String, fileSystem: any FileSystem) {
        self.folder = folder + "/" + JournalFolder.snapshotsName
        self.fileSystem = fileSystem
    }

    /// Stores a snapshot durably, then removes older ones that take too much room (``SnapshotThinning``).
    package func write(_ snapshot: SnapshotFile) throws(JournalError) {
        try journalIO { () throws(FileError) in
            // Not above it: a table's folder that somebody took away is not to come back with nothing but a snapshot.
            guard try self.fileSystem.status(parentFolder(of: self.folder)) != nil else {
                throw FileError.missing(parentFolder(of: self.folder))
            }
            try self.fileSystem.makeFolders(self.folder)
            try self.fileSystem.writeDurably(snapshot.packed(), to: self.path(snapshot.offset))
        }
        for offset in try self.surplus() { try self.remove(offset) }
    }

    /// The snapshots that have to go.
    private func surplus() throws(JournalError) -> [Int64] {
        let segments = try listSegments(folder: parentFolder(of: self.folder), fileSystem: self.fileSystem)
        let journalByteCount = segments.reduce(0) { $0 + $1.byteCount }
        var snapshots: [SnapshotThinning.Snapshot] = []
        for offset in try self.list() {
            let byteCount = try journalIO { () throws(FileError) in
                try self.fileSystem.status(self.path(offset))?.byteCount ?? 0
            }
            snapshots.append(SnapshotThinning.Snapshot(offset: offset, byteCount: byteCount))
        }
        return SnapshotThinning.surplus(
            of: snapshots, allowance: SnapshotThinning.allowance(journalByteCount: journalByteCount))
    }

    /// The newest snapshot that is whole and belongs to the journal; nil if there is none.
    ///
    /// - Parameters:
    ///   - offset: None after this event.
    ///   - chainMatches: Answers the journal's D at an offset, 64 hexadecimal digits; nil where it has none.
    package func newest(
        atOrBelow offset: Int64 = .max, where chainMatches: (Int64) throws(JournalError) -> String?
    ) throws(JournalError) -> SnapshotFile? {
        for candidate in try self.list().reversed() where candidate <= offset {
            guard let snapshot = try self.read(candidate) else { continue }
            guard let chain = try chainMatches(candidate), chain == snapshot.chain else { continue }
            return snapshot
        }
        return nil
    }

    /// The snapshot after one event; nil if there is none, or its checksum doesn't hold.
    package func read(_ offset: Int64) throws(JournalError) -> SnapshotFile? {
        let path = self.path(offset)
        let bytes = try journalIO { () throws(FileError) in try self.fileSystem.contents(of: path, limit: 4 << 30) }
        guard let bytes, let snapshot = SnapshotFile(packed: bytes), snapshot.offset == offset else { return nil }
        return snapshot
    }

    /// The offsets of all snapshots, whole or not, ascending.
    package func list() throws(JournalError) -> [Int64] {
        try journalIO { () throws(FileError) in
            guard try self.fileSystem.status(self.folder) != nil else { return [] }
            return try self.fileSystem.list(self.folder).compactMap(JournalFolder.snapshotOffset(ofName:)).sorted()
        }
    }

    /// Removes one.
    ///
    /// It comes back after a crash, which is harmless. One that is gone already was removed by somebody else meanwhile.
    package func remove(_ offset: Int64) throws(JournalError) {
        do throws(FileError) {
            try self.fileSystem.remove(self.path(offset))
        } catch {
            guard error.isMissing else { throw .io(error) }
        }
    }

    /// Gives one another name, under which it is no snapshot any more but kept for whoever wants to know.
    ///
    /// - Returns: Its path now; nil if it is gone already.
    package func setAside(_ offset: Int64) throws(JournalError) -> String? {
        try journalIO { () throws(FileError) in
            guard try self.fileSystem.status(self.path(offset)) != nil else { return nil }
            var target = self.path(offset) + ".wrong"
            var number = 2
            while try self.fileSystem.status(target) != nil {
                target = "\(self.path(offset)).wrong-\(number)"
                number += 1
            }
            try self.fileSystem.rename(self.path(offset), to: target)
            try self.fileSystem.syncFolder(self.folder)
            return target
        }
    }

    private func path(_ offset: Int64) -> String { self.folder + "/" + JournalFolder.snapshotName(offset: offset) }
}

extension JournalReader {
    /// The document that the journal goes on from; nil where it begins with the empty one.
    ///
    /// - Parameter offset: Where archives are read along, there are several such documents: the newest that isn't after this
    ///   event. Without it the oldest.
    /// - Throws: ``JournalError/damaged(_:)`` if the file is missing, broken or another journal's: unlike a snapshot it is part
    ///   of the truth.
    package func startDocument(atOrBelow offset: Int64? = nil) throws(JournalError) -> SnapshotFile? {
        let later = self.parts.dropFirst().last { part in
            guard let offset, let start = part.identity.start else { return false }
            return start.offset <= offset
        }
        guard let part = later ?? self.parts.first else { return nil }
        return try self.startDocument(of: part)
    }

    /// All documents that this journal and its archives go on from, the oldest first.
    package func startDocuments() throws(JournalError) -> [SnapshotFile] {
        var documents: [SnapshotFile] = []
        for part in self.parts {
            if let document = try self.startDocument(of: part) { documents.append(document) }
        }
        return documents
    }

    /// What the archives and the table's own folder go on from, but for the first of them, which all reading begins with.
    package var laterStarts: [LaterStart] {
        self.parts.dropFirst().compactMap { part in
            part.identity.start.map { start in
                LaterStart(offset: start.offset, file: part.folder + "/" + start.document, part: part)
            }
        }
    }

    /// One of ``laterStarts``.
    ///
    /// - Throws: ``JournalError/damaged(_:)`` as ``startDocument(atOrBelow:)``.
    package func document(of start: LaterStart) throws(JournalError) -> SnapshotFile? {
        try self.startDocument(of: start.part)
    }

    private func startDocument(of part: JournalPart) throws(JournalError) -> SnapshotFile? {
        guard let start = part.identity.start else { return nil }
        do throws(JournalError) {
            return try self.read(start, in: part.folder)
        } catch {
            // An archiving may have let the journal go on from a later document meanwhile, and removed this one.
            // Should that not be so, or not be told, the first error is the one to tell.
            guard let current = try? JournalPart(folder: part.folder, fileSystem: self.fileSystem),
                current.identity.uuid == part.identity.uuid, let moved = current.identity.start, moved != start
            else { throw error }
            return try self.read(moved, in: part.folder)
        }
    }

    private func read(_ start: JournalStart, in folder: String) throws(JournalError) -> SnapshotFile {
        let path = folder + "/" + start.document
        let bytes = try journalIO { () throws(FileError) in
            try self.fileSystem.contents(of: path, limit: 4 << 30)
        }
        guard let snapshot = bytes.flatMap({ SnapshotFile(packed: $0) }), snapshot.offset == start.offset,
            snapshot.chain == start.chain.hex
        else {
            throw .damaged(
                JournalDamage(
                    file: path, byteOffset: 0, eventOffset: start.offset,
                    reason: bytes == nil ? "missing" : "not the document that the journal begins with"))
        }
        return snapshot
    }
}

/// Where a folder of a journal goes on from the one before it.
package struct LaterStart: Sendable {
    /// The folder's first event is the one after it.
    package let offset: Int64
    /// The document's path.
    package let file: String
    let part: JournalPart
}
