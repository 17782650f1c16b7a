import Glibc
import JSONDocument
import Journal
import Table

/// The two folders of an archiving: what goes from one to the other, and in which order.
struct ArchivePlace {
    /// The table's folder.
    let folder: String
    /// The archive's.
    let target: String
    let disk: FolderDisk

    private var fileSystem: any FileSystem { disk.fileSystem }

    // MARK: Before

    /// Removes start documents that `journal.json` doesn't name, and snapshots from before it: an archiving was cut short.
    ///
    /// Segments that one left are moved with the next ones.
    func removeLeftovers(_ identity: JournalIdentity) throws(ReplayError) {
        try replayWriting { () throws(FileError) in
            for name in try fileSystem.list(folder)
            where JournalFolder.isStartName(name) && name != identity.start?.document {
                try fileSystem.remove("\(folder)/\(name)")
            }
        }
        try removeSnapshots(before: identity.firstOffset - 1)
    }

    /// The archive may be new, or one that ends where the journal begins; what it has of these segments already must be the same.
    func check(_ plan: ArchivePlan, _ source: JournalSource) throws(ReplayError) {
        guard let first = plan.segments.first?.info.baseOffset else { return }
        try checkApart()
        let names = try replayWriting { () throws(FileError) in
            try disk.kind(target) == nil ? [] : try fileSystem.list(target)
        }
        guard names.contains(JournalFolder.identityName) else {
            let foreign = names.first {
                !JournalFolder.isStartName($0) && !$0.hasSuffix(JournalFolder.temporarySuffix)
            }
            guard let foreign else { return }
            throw .usage(
                "\(target) holds something else: '\(printable(foreign))'",
                hint: "Give an empty folder, or the archive of before, with --to DIR.")
        }
        let archive = try JournalSource(path: target, fileSystem: fileSystem)
        let (uuid, newest) = (archive.reader.identity.uuid, try archive.newest())
        guard uuid == plan.journal else {
            throw .usage(
                "\(target) is the archive of another journal, \(uuid)", hint: "Give another folder with --to DIR.")
        }
        guard (first - 1...plan.offset).contains(newest) else {
            throw .usage(
                "\(target) ends with event \(newest), but the first to come is \(first)",
                hint: "Give the archive that ends with event \(first - 1), or a new folder, with --to DIR.")
        }
        try replayReading { () throws(JournalError) in
            guard try archive.reader.chain(at: newest) != source.reader.chain(at: newest) else { return }
            throw .damaged(
                JournalDamage(
                    file: target, byteOffset: 0, eventOffset: newest, reason: "the archive has another history"))
        }
    }

    /// What is brought there is removed here, and nothing may be in the way of a server that reads this folder.
    private func checkApart() throws(ReplayError) {
        let relation = try replayWriting { () throws(FileError) -> String? in
            if try disk.isSame(target, folder) { return "is" }
            if try disk.isInside(target, folder) { return "is inside" }
            return try disk.isInside(folder, target) ? "holds" : nil
        }
        guard let relation else { return }
        throw .usage("\(target) \(relation) the journal's own folder", hint: "Give another folder with --to DIR.")
    }

    // MARK: Filling the archive

    /// Brings everything into the archive, which was begun; when it returns all of it is on disk there, and nothing here has changed.
    func fill(
        _ plan: ArchivePlan, _ source: JournalSource, blobs: [String], _ progress: ProgressSink
    ) throws(ReplayError) {
        try bringSnapshots(through: plan.offset)
        _ = try BlobCarrier(disk: disk, folder: target).bring(blobs, from: source.allBlobs, progress: progress)
        for (index, segment) in plan.segments.enumerated() {
            try replayWriting { () throws(FileError) in try bring(segment.info) }
            progress(
                ProgressStep(
                    title: "Moving segments", done: Int64(index + 1), total: Int64(plan.segments.count), unit: .files))
        }
    }

    /// Snapshots up to the journal's new beginning serve the archive; they are caches.
    private func bringSnapshots(through offset: Int64) throws(ReplayError) {
        let store = SnapshotStore(folder: folder, fileSystem: fileSystem)
        let offsets = try replayReading { () throws(JournalError) in try store.list().filter { $0 <= offset } }
        guard !offsets.isEmpty else { return }
        try replayWriting { () throws(FileError) in
            let (source, place) = (
                "\(folder)/\(JournalFolder.snapshotsName)", "\(target)/\(JournalFolder.snapshotsName)"
            )
            try fileSystem.makeFolders(place)
            for name in offsets.map(JournalFolder.snapshotName) {
                guard try fileSystem.status("\(place)/\(name)") == nil else { continue }
                try bring("\(source)/\(name)", to: "\(place)/\(name)")
            }
            try fileSystem.syncFolder(place)
        }
    }

    private func removeSnapshots(before offset: Int64) throws(ReplayError) {
        let store = SnapshotStore(folder: folder, fileSystem: fileSystem)
        try replayReading { () throws(JournalError) in
            for older in try store.list() where older < offset { try store.remove(older) }
        }
    }

    /// By a second name where the disk has such, else by a copy that is read back and compared.
    private func bring(_ segment: SegmentInfo) throws(FileError) {
        let path = "\(target)/\(segment.name)"
        if try fileSystem.status(path) != nil {
            guard try isSame(segment.path, path) else {
                throw FileError(operation: .rename, path: path, code: EEXIST)
            }
            return try fileSystem.syncFolder(target)
        }
        try bring(segment.path, to: path)
        try fileSystem.syncFolder(target)
    }

    private func bring(_ source: String, to path: String) throws(FileError) {
        do throws(FileError) {
            try disk.calls.linkContent(source, to: path)
        } catch {
            // Another file system, or one without hard links.
            let temporary = path + JournalFolder.temporarySuffix
            try disk.copy(source, to: temporary)
            guard try isSame(source, temporary) else {
                throw FileError(operation: .write, path: temporary, code: EIO)
            }
            try fileSystem.rename(temporary, to: path)
        }
    }

    private func isSame(_ path: String, _ other: String) throws(FileError) -> Bool {
        try FileHash.sha256(path, fileSystem: fileSystem) == FileHash.sha256(other, fileSystem: fileSystem)
    }

    // MARK: Letting go

    /// Lets the journal go on from the document, and then removes what is in the archive.
    func release(
        _ plan: ArchivePlan, _ source: JournalSource, _ document: SnapshotFile
    ) throws(ReplayError) {
        let identity = source.reader.identity
        let moved = try replayReading { () throws(JournalError) in
            try JournalFolder.moveStart(folder, identity: identity, document: document, fileSystem: fileSystem)
        }
        try replayWriting { () throws(FileError) in
            for segment in plan.segments { try fileSystem.remove(segment.info.path) }
            if let old = identity.start?.document, old != moved.start?.document {
                try fileSystem.remove("\(folder)/\(old)")
            }
            try fileSystem.syncFolder(folder)
        }
        try removeSnapshots(before: plan.offset)
    }
}
