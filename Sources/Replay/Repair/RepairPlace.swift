import Journal

/// Where a repaired journal is built, and how it takes the damaged one's place.
///
/// The new journal is built whole in a folder beside the old one, `NAME.repairing`, and then both names change places at once
/// (`renameat2` with `RENAME_EXCHANGE`), so a kill at any moment leaves either the old journal in its place or the new one.
/// As long as what stands in `NAME.repairing` is the new one, it holds a mark; without the mark it is the damaged one, whose
/// keeping a kill interrupted.
struct RepairPlace {
    /// The table's folder.
    let folder: String
    let disk: FolderDisk

    private var fileSystem: any FileSystem { self.disk.fileSystem }

    /// Where the new journal is built.
    var path: String { self.folder + ".repairing" }

    /// Removed by the next start of a server, should it go along.
    private static let markName = "repairing" + JournalFolder.temporarySuffix

    private func mark(in folder: String) -> String { "\(folder)/\(Self.markName)" }

    // MARK: Before

    /// Puts in order what an interrupted repair left; under the journal's lock.
    func clearLeftovers() throws(FileError) {
        if try self.disk.kind(self.mark(in: self.folder)) != nil {
            try self.fileSystem.remove(self.mark(in: self.folder))
            // Or a power loss brings it back, and it goes along when this journal is the damaged one.
            try self.fileSystem.syncFolder(self.folder)
        }
        guard try self.disk.kind(self.path) != nil else { return }
        let isEmpty = try self.fileSystem.list(self.path).isEmpty
        let isMarked = try self.disk.kind(self.mark(in: self.path)) != nil
        if isEmpty || isMarked {
            try self.removeBuilt()
        } else {
            try self.fileSystem.rename(self.path, to: try self.freeName(suffix: "damaged-interrupted"))
        }
        try self.fileSystem.syncFolder(parentFolder(of: self.folder))
    }

    /// Removes what stands in `NAME.repairing`, the mark last: without it the rest would be taken for the damaged journal.
    private func removeBuilt() throws(FileError) {
        try self.disk.removeFolder(self.path, markedBy: Self.markName)
    }

    /// Makes the folder with the blobs in it, if there is room for everything.
    ///
    /// Blobs get a second name (hard link), which takes no room; where the disk has no such names, they are copied.
    func make(journalByteCount: Int64, progress: ProgressSink) throws {
        try self.disk.calls.makeFolder(self.path)
        try self.makeMark()
        let blobs = "\(self.folder)/blobs"
        let files = try self.files(below: blobs)
        let links = try self.canLink(files.first?.path)
        let needed = journalByteCount + (links ? 0 : files.reduce(0) { $0 + $1.byteCount })
        let free = try self.disk.freeByteCount(self.path)
        guard free >= needed else {
            throw ReplayError.unreadable(
                "\(parentFolder(of: self.folder)): the repaired journal takes about \(Units.bytes(needed)), "
                    + "\(Units.bytes(free)) are free",
                hint: "Nothing was changed. Free some space there, then repair again.")
        }
        try self.bring(blobs, to: "\(self.path)/blobs", files, links: links, progress: progress)
    }

    /// The first thing in the folder, durable before anything else, and not by way of a temporary file: a kill leaves the folder
    /// empty or marked.
    private func makeMark() throws(FileError) {
        let file = try self.fileSystem.open(self.mark(in: self.path), .createNew)
        defer { file.close() }
        try file.sync()
        try self.fileSystem.syncFolder(self.path)
    }

    private func canLink(_ path: String?) throws(FileError) -> Bool {
        guard let path else { return true }
        let trial = "\(self.path)/trial" + JournalFolder.temporarySuffix
        do throws(FileError) {
            try self.disk.calls.link(path, to: trial)
        } catch {
            // Another file system, or one without hard links.
            return false
        }
        try self.fileSystem.remove(trial)
        return true
    }

    /// All files below a folder, links to elsewhere included.
    private func files(below folder: String) throws(FileError) -> [(path: String, byteCount: Int64)] {
        switch try self.disk.kind(folder) {
        case nil: return []
        case .file(let byteCount): return [(folder, byteCount)]
        case .link, .other: return [(folder, 0)]
        case .folder:
            var files: [(path: String, byteCount: Int64)] = []
            for name in try self.fileSystem.list(folder) where !name.hasSuffix(JournalFolder.temporarySuffix) {
                files += try self.files(below: "\(folder)/\(name)")
            }
            return files
        }
    }

    private func bring(
        _ source: String, to target: String, _ files: [(path: String, byteCount: Int64)], links: Bool,
        progress: ProgressSink
    ) throws(FileError) {
        var folders: Set<String> = []
        for (index, file) in files.enumerated() {
            let path = target + file.path.dropFirst(source.count)
            let folder = parentFolder(of: path)
            if folders.insert(folder).inserted { try self.fileSystem.makeFolders(folder) }
            if links {
                try self.disk.calls.link(file.path, to: path)
            } else {
                try self.disk.copy(file.path, to: path)
            }
            progress(
                ProgressStep(
                    title: "Bringing blobs along", done: Int64(index + 1), total: Int64(files.count), unit: .files))
        }
        for folder in folders.sorted() { try self.fileSystem.syncFolder(folder) }
    }

    // MARK: After

    /// Puts the new journal into the old one's place, and gives that a name under which it is kept.
    ///
    /// - Returns: Where the damaged journal is kept.
    func exchange(at time: JournalTime) throws -> String {
        try self.disk.makeAlike(self.path, to: self.folder)
        try self.fileSystem.syncFolder(self.path)
        let parent = parentFolder(of: self.folder)
        try self.fileSystem.syncFolder(parent)
        let copy = try self.freeName(
            suffix: "damaged-" + time.rfc3339.prefix(19).filter { $0 != ":" && $0 != "-" } + "Z")
        do throws(FileError) {
            try self.disk.calls.exchange(self.folder, self.path)
        } catch {
            throw ReplayError.unreadable(
                "\(self.folder) can't be given another name: \(error)",
                hint:
                    "Nothing was changed. Is the folder a mount point? Copy it to a plain folder, repair it there with "
                    + "--journal, and copy it back.")
        }
        try self.keep(copy)
        return copy
    }

    /// From here on the new journal is in its place, whatever happens.
    private func keep(_ copy: String) throws(ReplayError) {
        do throws(FileError) {
            let parent = parentFolder(of: self.folder)
            try self.fileSystem.syncFolder(parent)
            try self.fileSystem.rename(self.path, to: copy)
            // A server that has started meanwhile has removed it.
            if try self.disk.kind(self.mark(in: self.folder)) != nil {
                try self.fileSystem.remove(self.mark(in: self.folder))
            }
            try self.fileSystem.syncFolder(self.folder)
            try self.fileSystem.syncFolder(parent)
        } catch {
            throw .unreadable(
                "\(error)",
                hint: "The repaired journal is in its place; the damaged one is kept as \(copy) or \(self.path).")
        }
    }

    /// Takes back what ``make(journalByteCount:progress:)`` and what followed made.
    func discard() {
        // The error that led here is the one to tell; what can't be removed now, the next repair removes.
        guard (try? self.disk.kind(self.mark(in: self.path))) != nil else { return }
        try? self.removeBuilt()
    }

    private func freeName(suffix: String) throws(FileError) -> String {
        let name = "\(self.folder).\(suffix)"
        var candidate = name
        var number = 2
        while try self.disk.kind(candidate) != nil {
            candidate = "\(name)-\(number)"
            number += 1
        }
        return candidate
    }
}
