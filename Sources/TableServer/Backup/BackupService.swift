import Glibc
import Journal
import Logging
import NIOPosix
import Replay
import ServiceLifecycle
import Table

/// Makes backups while the server runs, on a thread of its own with low priority.
struct BackupService: Service {
    let table: Table
    /// The table's own folder.
    let folder: String
    let watch: BackupWatch
    let logger: Logger

    /// Until the server is asked to stop: what is being written then is given up.
    func run() async throws {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        do {
            try await cancelWhenGracefulShutdown { try await loop(on: thread) }
        } catch is CancellationError {
            logger.debug("No more backups")
        }
        try await thread.shutdownGracefully()
    }

    private func loop(on thread: NIOThreadPool) async throws {
        let gate = InterruptibleFileSystem.Switch()
        var turn = BackupTurn(
            table: table, folder: folder, watch: watch, clock: JournalTimes.now,
            fileSystem: InterruptibleFileSystem(over: PosixFileSystem(), gate: gate),
            isStopping: { gate.isInterrupted }, logger: logger)
        var pause = watch.settings.firstLookSeconds * 1000
        while true {
            try await Task.sleep(for: .milliseconds(pause))
            let ready = turn
            (turn, pause) = try await withTaskCancellationHandler {
                try await thread.runIfActive { Self.take(ready) }
            } onCancel: {
                gate.interrupt()
            }
        }
    }

    private static func take(_ turn: BackupTurn) -> (BackupTurn, Int64) {
        // Of this thread alone, on Linux. A courtesy to the table: where it is refused, the backup is made all the same.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        var turn = turn
        let pause = turn.take()
        return (turn, pause)
    }
}
