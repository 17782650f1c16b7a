import Glibc
import Journal

extension ArchivePlace {
    /// Makes the archive's folder with what it goes on from, and looks whether there is room for what is to come.
    ///
    /// Before the journal is written to: where the archive can't be, nothing has changed.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` where the folder can't be made or written, or its disk is too full.
    func begin(_ plan: ArchivePlan, _ source: JournalSource) throws(ReplayError) {
        let isThere = try replayWriting { () throws(FileError) in
            try disk.fileSystem.makeFolders(target)
            return try disk.fileSystem.status("\(target)/\(JournalFolder.identityName)") != nil
        }
        if !isThere {
            try replayReading { () throws(JournalError) in
                try JournalFolder.beginArchive(
                    target, of: source.reader.identity, source: folder, fileSystem: disk.fileSystem)
            }
        }
        try checkRoom(for: plan)
    }

    private func checkRoom(for plan: ArchivePlan) throws(ReplayError) {
        let needed = plan.segments.reduce(plan.blobByteCount) { $0 + $1.info.byteCount }
        let free = try replayWriting { () throws(FileError) in
            // On the same disk nothing is copied: files get a second name.
            try disk.isOnSameDisk(folder, target) ? Int64.max : try disk.freeByteCount(target)
        }
        guard free < needed else { return }
        throw .unreadable(
            "\(target): not enough room: \(Units.bytes(needed)) are needed, \(Units.bytes(free)) are free",
            hint: "Nothing was moved. Make room, or give a folder on another disk with --to DIR.")
    }
}

extension FolderDisk {
    /// Whether two paths, which are there, stand on one file system.
    fileprivate func isOnSameDisk(_ path: String, _ other: String) throws(FileError) -> Bool {
        try device(of: path) == device(of: other)
    }

    private func device(of path: String) throws(FileError) -> UInt64 {
        var information = stat()
        guard stat(path, &information) == 0 else { throw FileError(operation: .status, path: path, code: errno) }
        return UInt64(information.st_dev)
    }
}
