import Logging
import Sync

/// How a server is started: what `spell-server`'s flags and environment variables come to.
package struct ServerSettings: Sendable, Equatable {
    /// What was given on the command line; nil where nothing was.
    package struct Flags: Sendable {
        /// `--host`.
        package var host: String?
        /// `--port`.
        package var port: Int?
        /// `--journal`.
        package var journal: String?
        /// `--sounds`.
        package var sounds: String?
        /// `--logs`.
        package var logs: String?
        /// `--allow-origin`, as often as given.
        package var allowedOrigins: [String] = []
        /// `--max-upload`, as written.
        package var maxUpload: String?
        /// `--max-message`, as written.
        package var maxMessage: String?
        /// `--max-changes-per-second`, as written.
        package var maxChangesPerSecond: String?
        package var logLevel: String?
        /// `--journal-effects` or `--no-journal-effects`.
        package var journalEffects: Bool?

        /// Nothing given.
        package init() {}
    }

    /// A setting whose value makes no sense.
    package struct Invalid: Error, Equatable, CustomStringConvertible {
        /// The flag or variable.
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

    /// A flag wins over its variable, a variable over the default.
    ///
    /// - Parameters:
    ///   - flags: What the command line said.
    ///   - environment: The process's environment; the variables are `SPELLTABLE_HOST` and so on.
    package init(flags: Flags, environment: [String: String]) throws(Invalid) {
        let source = Source(environment: environment)
        self.host = source.text(flags.host, "HOST") ?? "0.0.0.0"
        self.port = try source.port(flags.port) ?? 8010
        self.journal = source.text(flags.journal, "JOURNAL") ?? "journal"
        self.sounds = source.text(flags.sounds, "SOUNDS") ?? "sounds"
        let logs = source.text(flags.logs, "LOGS") ?? "logs"
        self.logs = logs == "none" ? nil : logs
        self.allowedOrigins = flags.allowedOrigins.isEmpty ? source.list("ALLOW_ORIGIN") : flags.allowedOrigins
        self.maxUploadByteCount = try source.byteCount(flags.maxUpload, "MAX_UPLOAD", flag: "--max-upload") ?? 2 << 30
        self.maxMessageByteCount =
            try source.byteCount(
                flags.maxMessage, "MAX_MESSAGE", flag: "--max-message", max: Int64(UInt32.max)) ?? 16 << 20
        self.maxChangesPerSecond = try source.changesPerSecond(flags.maxChangesPerSecond)
        self.logLevel = try source.level(flags.logLevel) ?? .info
        let effectsVariable = try source.flag("JOURNAL_EFFECTS")
        self.journalEffects = flags.journalEffects ?? effectsVariable ?? false
    }

    /// Flags over variables.
    private struct Source {
        let environment: [String: String]

        /// An empty variable counts as absent, as in Compose files.
        func variable(_ name: String) -> String? {
            environment["SPELLTABLE_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
        }

        func text(_ flag: String?, _ name: String) -> String? { flag ?? variable(name) }

        func list(_ name: String) -> [String] {
            variable(name)?.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) ?? []
        }

        func port(_ flag: Int?) throws(Invalid) -> Int? {
            let (name, text) = flag.map { ("--port", String($0)) } ?? ("SPELLTABLE_PORT", variable("PORT") ?? "")
            if text.isEmpty { return nil }
            guard let port = Int(text), (0...65_535).contains(port) else {
                throw Invalid(name: name, value: text, expected: "a port from 0 (any free one) to 65535")
            }
            return port
        }

        /// - Parameter max: The most that what is set can work with.
        func byteCount(
            _ value: String?, _ name: String, flag: String, max: Int64 = .max
        ) throws(Invalid) -> Int64? {
            guard let text = value ?? variable(name) else { return nil }
            guard let count = ByteCount.parse(text), (1...max).contains(count) else {
                throw Invalid(
                    name: value == nil ? "SPELLTABLE_\(name)" : flag, value: text,
                    expected: "a size such as 500M, 2G or a number of bytes"
                        + (max < .max ? ", at most \(max) bytes" : ""))
            }
            return count
        }

        func changesPerSecond(_ value: String?) throws(Invalid) -> Int64? {
            guard let text = value ?? variable("MAX_CHANGES_PER_SECOND") else { return nil }
            guard let count = Int64(text), (0...1_000_000).contains(count) else {
                throw Invalid(
                    name: value == nil ? "SPELLTABLE_MAX_CHANGES_PER_SECOND" : "--max-changes-per-second", value: text,
                    expected: "a number from 1 to 1000000, or 0 for no limit")
            }
            return count
        }

        func level(_ value: String?) throws(Invalid) -> Logger.Level? {
            guard let text = value ?? variable("LOG_LEVEL") else { return nil }
            guard let level = Logger.Level(rawValue: text.lowercased()) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw Invalid(
                    name: value == nil ? "SPELLTABLE_LOG_LEVEL" : "--log-level", value: text,
                    expected: "one of \(levels)")
            }
            return level
        }

        func flag(_ name: String) throws(Invalid) -> Bool? {
            guard let text = variable(name) else { return nil }
            switch text.lowercased() {
            case "1", "true", "yes", "on": return true
            case "0", "false", "no", "off": return false
            default: throw Invalid(name: "SPELLTABLE_\(name)", value: text, expected: "1 or 0")
            }
        }
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
        return configuration
    }
}

/// Sizes as people write them.
package enum ByteCount {
    /// Reads `4096`, `64K`, `500M`, `2G` (powers of 1024; an `iB` or `B` behind is fine); nil for anything else.
    package static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        let factors: [String: Int64] = [
            "": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "mib": 1 << 20,
            "g": 1 << 30, "gb": 1 << 30, "gib": 1 << 30,
        ]
        guard let factor = factors[text[digits.endIndex...].lowercased()] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
