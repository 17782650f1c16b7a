import Hummingbird
import JSONDocument
import Journal
import Table

/// `/status`: how the server is, for whoever looks after it and for the console (docs/monitoring.md).
struct StatusRoute: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        table.add("GET", "/status") { _ in
            Answer.json(try await status().jsonValue, headers: [.cacheControl: "no-cache"])
        }
    }

    private func status() async throws -> ServerStatus {
        let parts = parts
        let clients = await parts.clients()
        // After the clients: nobody is ahead of it.
        let state = parts.table.committed
        let readiness = parts.readiness
        let uptime = ContinuousClock.now - parts.started
        return try await onBlockingThread {
            let segments = parts.ifReadable { try parts.table.committedSegments() }
            return ServerStatus(
                now: JournalTimes.now(), uptimeMilliseconds: uptime.milliseconds, readiness: readiness,
                journal: parts.table.identity.uuid, offset: state.offset, segmentCount: segments?.count,
                journalByteCount: segments?.byteCount, journalByteCountAtStart: parts.journalByteCountAtStart,
                documentByteCount: state.document.byteCount,
                snapshot: parts.ifReadable {
                    try Self.newestSnapshot(folder: parts.folder, fileSystem: PosixFileSystem())
                } ?? nil,
                verification: parts.watch.verification, backup: parts.backups?.jsonValue ?? .null, clients: clients)
        }
    }

    /// The newest snapshot on disk, whether it is any good or not: that is what the verification is for.
    private static func newestSnapshot(folder: String, fileSystem: any FileSystem) throws -> ServerStatus.Snapshot? {
        guard let offset = try SnapshotStore(folder: folder, fileSystem: fileSystem).list().last else { return nil }
        let name = JournalFolder.snapshotName(offset: offset)
        // It may have been thinned out a moment ago.
        let path = "\(folder)/\(JournalFolder.snapshotsName)/\(name)"
        guard let status = try fileSystem.status(path), let time = try fileSystem.modificationTime(path) else {
            return nil
        }
        return ServerStatus.Snapshot(
            offset: offset, time: JournalTime(milliseconds: time), byteCount: status.byteCount)
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
