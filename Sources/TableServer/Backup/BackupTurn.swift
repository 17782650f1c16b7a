import Journal
import Logging
import Replay
import Table

/// One look at the folder of backups, and the backup if one is due.
///
/// Blocks for as long as that takes; used by one thread.
struct BackupTurn {
    /// Looks are no further apart, so that a clock that was set is noticed.
    static let longestPauseSeconds: Int64 = 60
    private static let longestRetrySeconds: Int64 = 900

    let table: Table
    let folder: String
    let watch: BackupWatch
    let clock: JournalClock
    let fileSystem: any FileSystem
    /// Whether an error is due to a stop, and nobody's fault.
    let isStopping: @Sendable () -> Bool
    let logger: Logger
    /// Tries in a row that failed.
    private(set) var failures = 0
    private var told: BackupName?

    init(
        table: Table, folder: String, watch: BackupWatch, clock: @escaping JournalClock, fileSystem: any FileSystem,
        isStopping: @escaping @Sendable () -> Bool, logger: Logger
    ) {
        self.table = table
        self.folder = folder
        self.watch = watch
        self.clock = clock
        self.fileSystem = fileSystem
        self.isStopping = isStopping
        self.logger = logger
    }

    private var schedule: BackupSchedule {
        BackupSchedule(period: watch.settings.periodSeconds * 1000, keep: watch.settings.keep)
    }

    /// - Returns: After how many milliseconds to look again.
    mutating func take() -> Int64 {
        let longest = min(watch.settings.periodSeconds, Self.longestPauseSeconds) * 1000
        do throws(ReplayError) {
            let pause = min(try look(), longest)
            failures = 0
            return pause
        } catch {
            guard !isStopping() else { return longest }
            failures += 1
            watch.failed(BackupWatch.Failure(time: clock(), reason: error.description))
            logger.error(
                "The scheduled backup FAILED; it is tried again",
                metadata: ["folder": "\(watch.settings.folder)", "reason": "\(error)", "failures": "\(failures)"])
            return min(watch.settings.periodSeconds, Self.retrySeconds(after: failures)) * 1000
        }
    }

    /// A minute, two, four, up to a quarter of an hour.
    static func retrySeconds(after failures: Int) -> Int64 {
        min(60 << Int64(min(max(failures, 1) - 1, 10)), longestRetrySeconds)
    }

    private mutating func look() throws(ReplayError) -> Int64 {
        let (state, now) = (table.committed, clock())
        let present = BackupName(at: now, journal: table.identity.uuid, state: state)
        let backup = JournalBackup(of: folder, to: watch.settings.folder, fileSystem: fileSystem)
        let names = try backup.names()
        try find(names, of: present, backup)
        switch schedule.decision(for: present, among: names, now: now.milliseconds) {
        case .later(let milliseconds):
            watch.rested()
            return milliseconds
        case .unchanged(let name):
            watch.rested()
            if told != name {
                logger.info("No backup is made: nothing changed since \(name.text)")
                told = name
            }
            return .max
        case .due:
            try make(present, state, backup)
            return watch.settings.periodSeconds * 1000
        }
    }

    /// What there was before this server was started.
    private func find(_ names: [BackupName], of present: BackupName, _ backup: JournalBackup) throws(ReplayError) {
        guard watch.success == nil,
            let newest = names.filter({ $0.journal == present.journal }).max(by: { $0.seconds < $1.seconds })
        else { return }
        do {
            guard let byteCount = try backup.byteCount(of: newest) else { return }
            watch.found(
                BackupWatch.Success(
                    time: JournalTime(milliseconds: newest.seconds * 1000), file: newest.text, offset: newest.offset,
                    byteCount: byteCount, missingBlobCount: nil))
        } catch {
            throw .unreadable("\(error)", hint: "")
        }
    }

    private func make(_ name: BackupName, _ state: CommittedState, _ backup: JournalBackup) throws(ReplayError) {
        let begun = ContinuousClock.now
        let report = try backup.run(name, state: state, schedule: schedule)
        watch.succeeded(
            BackupWatch.Success(
                time: JournalTime(milliseconds: name.seconds * 1000), file: name.text, offset: name.offset,
                byteCount: report.byteCount, missingBlobCount: report.missingBlobs.count))
        logger.info(
            "Backup made and verified",
            metadata: [
                "file": "\(watch.settings.folder)/\(name.text)", "bytes": "\(report.byteCount)",
                "offset": "\(name.offset)", "blobs": "\(report.blobCount)", "took": "\(ContinuousClock.now - begun)",
                "removed": "\(report.removed.joined(separator: " "))",
            ])
        if let failure = report.removalFailure, !isStopping() {
            watch.failed(BackupWatch.Failure(time: clock(), reason: "old backups stay: \(failure.sentence)"))
            logger.error(
                "The backup was made, but old ones can't be removed; it is tried again after the next one",
                metadata: ["folder": "\(watch.settings.folder)", "reason": "\(failure.sentence)"])
        }
        if !report.missingBlobs.isEmpty {
            logger.warning(
                "The backup lacks files that the journal names, as they aren't on disk",
                metadata: ["blobs": "\(report.missingBlobs.prefix(20).map(\.sha256).joined(separator: " "))"])
        }
    }
}
