import Logging
import Sync

/// How a server is started: what `spell-server`'s flags, environment variables and settings file come to.
package struct ServerSettings: Sendable, Equatable {
    /// A setting whose value makes no sense.
    package struct Invalid: Error, Equatable, CustomStringConvertible {
        /// The flag, the variable, or the line of a file.
        package let name: String
        /// What was given.
        package let value: String
        /// What would make sense.
        package let expected: String

        package var description: String { "\(name): '\(value)' is not \(expected)" }
    }

    /// The address to listen on.
    package var host: String
    /// The port to listen on.
    package var port: Int
    /// The folder of all tables, or one table's own folder.
    package var journal: String
    /// The folder that sounds are adopted from.
    package var sounds: String
    /// nil: no log files.
    package var logs: String?
    /// Origins whose pages may open the WebSocket besides the usual ones.
    package var allowedOrigins: [String]
    /// Largest uploaded file, in bytes.
    package var maxUploadByteCount: Int64
    /// Largest WebSocket message and JSON body, in bytes.
    package var maxMessageByteCount: Int64
    /// How many changes a second one client may make, over REST and on each WebSocket; 0 for any number, nil for the usual.
    package var maxChangesPerSecond: Int64?
    package var logLevel: Logger.Level
    /// Whether effects without state are events, too.
    package var journalEffects: Bool

    /// How the console and the log files are written.
    package var logFormat: LogFormat
    /// The size that a log file doesn't go over, in bytes.
    package var logFileByteCount: Int64
    /// How many days back log files are kept.
    package var logDayCount: Int
    /// nil: no scheduled backups.
    package var backup: BackupSettings?
    /// Every setting as it was written and where, for the log.
    package var facts: [String: String]

    /// Reads what was given.
    package init(_ given: GivenSettings) throws(Invalid) {
        host = try given.text(.host)
        port = Int(try given.number(.port, in: 0...65_535, "a port from 0 (any free one) to 65535"))
        journal = try given.text(.journal)
        sounds = try given.text(.sounds)
        allowedOrigins = given.value(.allowOrigin).texts
        maxUploadByteCount = try given.byteCount(.maxUpload)
        maxMessageByteCount = try given.byteCount(.maxMessage, in: 1...Int64(UInt32.max))
        maxChangesPerSecond = try Self.changesPerSecond(given)
        journalEffects = try given.yesNo(.journalEffects)
        let logFolder = try given.text(.logs)
        logs = logFolder == "none" ? nil : logFolder
        logLevel = try given.choice(.logLevel)
        logFormat = try given.choice(.logFormat)
        logFileByteCount = try given.byteCount(.logFileSize, in: 64 << 10...Int64.max)
        logDayCount = Int(try given.number(.logDays, in: 1...3_650, "a number of days from 1 to 3650"))
        backup = try Self.backup(given)
        facts = given.facts
    }

    /// The period and the count are read, and refused, also where no folder is given.
    private static func backup(_ given: GivenSettings) throws(Invalid) -> BackupSettings? {
        let periodSeconds = try given.periodSeconds(.backupEvery, in: 1...366 * 86_400)
        let keep = Int(try given.number(.backupKeep, in: 1...10_000, "a number of backups from 1 to 10000"))
        let folder = try given.text(.backupTo)
        return folder.isEmpty ? nil : BackupSettings(folder: folder, periodSeconds: periodSeconds, keep: keep)
    }

    /// Nil where nothing was given, since the default leaves programs on this machine alone.
    private static func changesPerSecond(_ given: GivenSettings) throws(Invalid) -> Int64? {
        let count = try given.number(
            .maxChangesPerSecond, in: 0...1_000_000, "a number from 1 to 1000000, or 0 for no limit")
        return given.given(.maxChangesPerSecond) == nil ? nil : count
    }
}

extension ServerSettings {
    /// The server's configuration that these settings make.
    package var configuration: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.maxUploadByteCount = maxUploadByteCount
        configuration.maxImportByteCount = max(
            maxUploadByteCount.multipliedReportingOverflow(by: 4).partialValue, maxUploadByteCount)
        configuration.maxBodyByteCount = Int(maxMessageByteCount)
        configuration.webSocket.messageByteLimit = Int(maxMessageByteCount)
        configuration.webSocket.allowedOrigins = allowedOrigins
        if let maxChangesPerSecond {
            configuration.changeLimits = maxChangesPerSecond == 0 ? nil : .rate(maxChangesPerSecond)
            configuration.limitsOwnMachine = true
            configuration.webSocket.limitsOwnMachine = true
        }
        configuration.webSocket.rateLimits = configuration.changeLimits ?? .none
        configuration.backup = backup
        return configuration
    }
}
