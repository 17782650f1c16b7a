/// One thing that an operator can set: by a flag, an environment variable or a key of the settings file.
///
/// ``all`` is the list that `--help`, `docs/configuration.md` and the settings file's keys are made of or held against.
package struct Setting: Sendable, Hashable {
    /// What a settings file may hold for it.
    package enum Kind: Sendable {
        /// Text as it stands, such as a folder's name.
        case text
        /// One value that is read by its own rules, whatever YAML takes it for: `2G`, `8010`, `yes`.
        case word
        /// Several texts.
        case list
    }

    /// Its key in a settings file; the flag's name without dashes.
    package let name: String
    /// What a settings file may hold for it.
    package let kind: Kind
    /// What stands for its value in `--help`.
    package let placeholder: String
    /// What holds where nothing is given, as one would write it; nil: nothing.
    package let usual: String?
    /// What it does; the default is no part of it.
    package let meaning: String
    /// Whether a settings file may have it.
    package let isInFile: Bool

    private init(
        _ name: String, _ kind: Kind, _ placeholder: String, default usual: String? = nil, isInFile: Bool = true,
        _ meaning: String
    ) {
        self.name = name
        self.kind = kind
        self.placeholder = placeholder
        self.usual = usual
        self.meaning = meaning
        self.isInFile = isInFile
    }

    /// `--max-upload`.
    package var flag: String { "--\(name)" }

    /// `SPELLTABLE_MAX_UPLOAD`.
    package var variable: String {
        "SPELLTABLE_" + String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    /// What `--help` says: the meaning and the default.
    package var help: String { usual.map { "\(meaning) (default: \($0))" } ?? meaning }
}

extension Setting {
    package static let config = Setting(
        "config", .text, "file", isInFile: false,
        "A YAML file with settings; its keys are these options' names without dashes.")

    package static let host = Setting(
        "host", .text, "host", default: "0.0.0.0",
        "The address to listen on; 0.0.0.0 is every network of this machine.")

    package static let port = Setting(
        "port", .word, "port", default: "8010", "The port to listen on; 0 takes any free one.")

    package static let journal = Setting(
        "journal", .text, "dir", default: "journal",
        "The folder of the tables, of which DIR/default is served, or one table's own folder.")

    package static let sounds = Setting(
        "sounds", .text, "dir", default: "sounds",
        "A folder with loop/ and oneshot/ whose sounds are taken into the table.")

    package static let allowOrigin = Setting(
        "allow-origin", .list, "origin",
        "An origin whose pages may open the WebSocket, besides this host, localhost and private addresses; '*' for any. "
            + "Repeatable.")

    package static let maxUpload = Setting(
        "max-upload", .word, "size", default: "2G", "Largest uploaded file: 500M, 2G or bytes.")

    package static let maxMessage = Setting(
        "max-message", .word, "size", default: "16M", "Largest WebSocket message and JSON body.")

    package static let maxChangesPerSecond = Setting(
        "max-changes-per-second", .word, "count", default: "240",
        "Changes a second that one client may make for long, and four times as many at once; 0 for any number.")

    package static let journalEffects = Setting(
        "journal-effects", .word, "yes|no", default: "no",
        "Also write effects without state (marker highlights, ripples) into the journal.")

    package static let logs = Setting(
        "logs", .text, "dir", default: "logs",
        "Where the daily log files go, which hold everything from debug on; 'none' for no files.")

    package static let logLevel = Setting(
        "log-level", .word, "level", default: "info",
        "What the console shows: trace, debug, info, notice, warning, error or critical.")

    package static let logFormat = Setting(
        "log-format", .word, "format", default: "text",
        "How console and log files are written: text, or json with one object a line.")

    package static let logFileSize = Setting(
        "log-file-size", .word, "size", default: "64M",
        "A day's log goes on in another file when one would become larger.")

    package static let logDays = Setting(
        "log-days", .word, "days", default: "7", "Log files of days further back than this are removed.")

    package static let backupTo = Setting(
        "backup-to", .text, "dir",
        "A folder, which has to be there, for backups of the table with its whole history; none are made without it.")

    package static let backupEvery = Setting(
        "backup-every", .word, "period", default: "24h",
        "How often a backup is made, if anything changed: 24h, 30m, 7d.")

    package static let backupKeep = Setting(
        "backup-keep", .word, "count", default: "7", "How many backups are kept; the oldest beyond are removed.")

    /// All settings, in the order of `--help`.
    package static let all = [
        config, host, port, journal, sounds, allowOrigin, maxUpload, maxMessage, maxChangesPerSecond, journalEffects,
        logs, logLevel, logFormat, logFileSize, logDays, backupTo, backupEvery, backupKeep,
    ]
}
