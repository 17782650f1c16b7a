import JSONDocument
import Journal
import Table

/// Writes a table's whole archive into a folder of backups, checks it, and removes the oldest ones.
///
/// The file has its name only when it was read back as an import would: frames, chain, patches, the document's digest, each blob's
/// hash. Until then all of it is in one folder beside, which a killed process leaves and the next backup removes.
package struct JournalBackup: Sendable {
    /// What was done.
    package struct Report: Sendable {
        package let name: BackupName
        package let byteCount: Int64
        package let blobCount: Int
        /// Named by the journal, and not in the backup as they weren't there.
        package let missingBlobs: [MissingBlob]
        /// The files that had had their time.
        package let removed: [String]
        /// Why such files are still there; nil where none is.
        package let removalFailure: ReplayError?
    }

    private let table: String
    private let target: String
    private let fileSystem: any FileSystem

    /// - Parameters:
    ///   - table: The table's own folder.
    ///   - target: Where backups go; it isn't made, as a disk that isn't mounted would be found full of them later.
    package init(of table: String, to target: String, fileSystem: any FileSystem) {
        self.table = table
        self.target = target
        self.fileSystem = fileSystem
    }

    /// Whether backups would lie in the table's own folder, whatever links are on the way: lost with it, and not where anybody
    /// looks for them.
    package func isInsideTable() throws(ReplayError) -> Bool {
        try replayWriting { () throws(FileError) in
            try FolderDisk(fileSystem: fileSystem).isInside(target, table)
        }
    }

    /// The backups that are there.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` also where there is no such folder.
    package func names() throws(ReplayError) -> [BackupName] {
        try requireFolder()
        return try replayWriting { () throws(FileError) in try fileSystem.list(target).compactMap { BackupName($0) } }
    }

    /// The size of one that is there; nil if it went meanwhile.
    package func byteCount(of name: BackupName) throws(FileError) -> Int64? {
        try fileSystem.status(path(name))?.byteCount
    }

    /// Makes one.
    ///
    /// - Parameters:
    ///   - state: What is to be in it: the table as it was at some moment, all of it on disk.
    ///   - schedule: How many are kept.
    /// - Throws: ``ReplayError``; no file is left then. That old ones stay is no reason: the new one is there.
    package func run(
        _ name: BackupName, state: CommittedState, schedule: BackupSchedule
    ) throws(ReplayError) -> Report {
        try requireFolder()
        let staged = try StagedFolder(for: "\(target)/spelltable-\(name.journal)-unfinished", fileSystem: fileSystem)
        defer { staged.discard() }
        let file = "\(staged.path)/\(name.text)"
        let source = try JournalSource(path: table, fileSystem: fileSystem)
        let written = try ArchiveExport(from: source).run(
            try ExportRange(wholeOf: source, through: state.offset), to: file, overwrites: false, useSnapshots: true,
            leavesOutMissing: true, progress: { _ in })
        try verify(file, written, state, scratch: "\(staged.path)/check")
        try replayWriting { () throws(FileError) in
            try fileSystem.rename(file, to: path(name))
            try fileSystem.syncFolder(target)
        }
        let (removed, failure) = removeOutdated(besides: name, schedule)
        return Report(
            name: name, byteCount: written.byteCount, blobCount: written.blobCount,
            missingBlobs: written.missingBlobs, removed: removed, removalFailure: failure)
    }

    private func path(_ name: BackupName) -> String { "\(target)/\(name.text)" }

    private func requireFolder() throws(ReplayError) {
        let isThere = try replayWriting { () throws(FileError) in try fileSystem.status(target)?.isFolder == true }
        guard isThere else {
            throw .unreadable(
                "there is no folder \(target)",
                hint: "Make it, or mount the disk that it is on. The server doesn't make it by itself.")
        }
    }

    /// Reads the file back as an import would.
    private func verify(
        _ file: String, _ written: ArchiveExport.Report, _ state: CommittedState, scratch: String
    ) throws(ReplayError) {
        let (_, audit) = try ArchiveUnpacking(file, fileSystem: fileSystem).unpackAudited(
            into: scratch, mayLackBlobs: !written.missingBlobs.isEmpty, progress: { _ in })
        guard audit.digest == state.digest(), written.chain == state.chain.hex,
            audit.journal.newestOffset == state.offset
        else {
            throw .unreadable(
                "the backup of event \(state.offset) isn't the table as it was then",
                hint: "It was thrown away. \(ReplayError.verifyHint)")
        }
    }

    private func removeOutdated(
        besides made: BackupName, _ schedule: BackupSchedule
    ) -> (removed: [String], failure: ReplayError?) {
        var removed: [String] = []
        do throws(ReplayError) {
            let outdated = schedule.outdated(besides: made, among: try names()).map(\.text)
            try replayWriting { () throws(FileError) in
                for name in outdated {
                    try fileSystem.remove("\(target)/\(name)")
                    removed.append(name)
                }
                if !outdated.isEmpty { try fileSystem.syncFolder(target) }
            }
            return (removed, nil)
        } catch {
            return (removed, error)
        }
    }
}
