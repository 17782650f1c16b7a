import Journal
import Logging
import Replay
import Table
import UnixSignals

/// One run of `spell-server`: opens the table, serves it until it is told to stop, closes it.
package struct ServerRun: Sendable {
    private let settings: ServerSettings
    private let logger: Logger
    private let files = PosixFileSystem()

    /// - Parameters:
    ///   - settings: Everything that an operator can choose.
    ///   - environment: The process's environment, for what concerns the console.
    package init(settings: ServerSettings, environment: [String: String]) {
        self.settings = settings
        let logFiles = settings.logs.map {
            TableLogger.Files(
                folder: $0, byteCountMax: settings.logFileByteCount, dayCount: settings.logDayCount)
        }
        self.logger = TableLogger.make(
            consoleLevel: settings.logLevel, format: settings.logFormat, files: logFiles, environment: environment)
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: ``StartFailure``, which has been logged.
    package func run() async throws(StartFailure) {
        logger.debug("Settings", metadata: settings.facts.mapValues { "\($0)" })
        do {
            let folder = try JournalFolder.resolve(settings.journal, fileSystem: files)
            let watch = TableWatch()
            let table = try open(folder, watch)
            // For the way out by an error; closing twice does nothing.
            defer { table.close() }
            try requireBackupsElsewhere(folder)
            try await serve(table, folder, watch)
            table.close()
            logger.info("Stopped, everything is on disk", metadata: ["offset": "\(table.committed.offset)"])
        } catch {
            let failure = StartFailure(error, host: settings.host, port: settings.port)
            logger.critical("\(failure.message)")
            throw failure
        }
    }

    private func open(_ folder: String, _ watch: TableWatch) throws -> Table {
        var options = TableOptions()
        options.journalEffects = settings.journalEffects
        let table = try Table.open(
            TableConfiguration(
                folder: folder, fileSystem: watch.fileSystem(over: files), clock: JournalTimes.now,
                makeUUID: RandomUUID.make, options: options,
                observer: { [logger] notice in
                    TableNoticeLog.write(notice, to: logger)
                    watch.note(notice)
                }, meter: watch.meter))
        report(table, folder)
        return table
    }

    private func requireBackupsElsewhere(_ folder: String) throws(StartFailure) {
        guard let target = settings.backup?.folder else { return }
        let isInside: Bool
        do {
            isInside = try JournalBackup(of: folder, to: target, fileSystem: files).isInsideTable()
        } catch {
            // No reason to serve nobody: whoever makes the backups finds it, too, and says so until it is mended.
            logger.warning("The folder for backups can't be looked at", metadata: ["reason": "\(error.sentence)"])
            return
        }
        if isInside { throw StartFailure(backupsInTable: target, table: folder) }
    }

    /// What opening found, and what recovery did.
    private func report(_ table: Table, _ folder: String) {
        let recovery = table.recovery
        logger.info(
            "Table opened",
            metadata: [
                "journal": "\(folder)", "id": "\(table.identity.uuid)", "offset": "\(table.committed.offset)",
                "snapshot": "\(recovery.snapshotOffset.map { "\($0)" } ?? "none")",
                "replayed": "\(recovery.replayedEvents)",
            ])
        if let cut = recovery.journal {
            logger.warning(
                "The journal ended in a commit that was never finished, and of which nobody was told: it was cut off",
                metadata: ["what": "\(cut)"])
        }
        if recovery.preparedByteCount > 0 {
            logger.info(
                "The journal was not closed when the server stopped: space prepared for commits to come was taken off",
                metadata: ["bytes": "\(recovery.preparedByteCount)"])
        }
        if let snapshot = recovery.snapshotAhead {
            logger.error(
                "A snapshot is of a later event than the journal's newest: events that were stored are gone",
                metadata: ["newest": "\(table.committed.offset)", "snapshot": "\(snapshot)"])
        }
        if recovery.removedUploads > 0 {
            logger.info("Unfinished uploads removed", metadata: ["count": "\(recovery.removedUploads)"])
        }
    }

    private func serve(_ table: Table, _ folder: String, _ watch: TableWatch) async throws {
        let sounds = AdoptedSounds(
            folder: settings.sounds, table: table, tableFolder: folder, fileSystem: files, logger: logger)
        // A large folder takes a while at first. Whoever asks for sounds waits for it, the rest of the table needn't;
        // nor is the stop held up, since what was not taken in will be at the next start.
        Task { await sounds.refresh() }
        let server = TableServer(
            table: table, folder: folder, sounds: sounds, configuration: settings.configuration, watch: watch,
            logger: logger, signals: [.sigterm, .sigint]
        ) { [logger, host = settings.host] port in
            let addresses = Banner.addresses(host: host, port: port).joined(separator: " ")
            logger.info("SpellTable is ready: \(addresses)")
        }
        try await server.run()
    }
}
