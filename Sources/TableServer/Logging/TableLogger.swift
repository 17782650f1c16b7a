import Glibc
import Logging
import WallClock

/// The logger that everything in the server gets: a console for people and daily files for later.
package enum TableLogger {
    /// The log files' folder, and how much is kept in it.
    package struct Files: Sendable {
        let folder: String
        let byteCountMax: Int64
        let dayCount: Int

        /// - Parameters:
        ///   - folder: Where the files are; made if it isn't there.
        ///   - byteCountMax: No file becomes larger, unless by one line that is.
        ///   - dayCount: Files of days further back are removed.
        package init(folder: String, byteCountMax: Int64, dayCount: Int) {
            self.folder = folder
            self.byteCountMax = byteCountMax
            self.dayCount = dayCount
        }
    }

    /// - Parameters:
    ///   - consoleLevel: The least important level on the console.
    ///   - format: How the lines look, on the console and in the files.
    ///   - files: The files, which get everything from debug on; nil for none.
    ///   - environment: The process's environment, for `NO_COLOR`.
    package static func make(
        consoleLevel: Logger.Level, format: LogFormat = .text, files: Files?, environment: [String: String]
    ) -> Logger {
        let layout = format == .json ? LogLayout.json : .console(colours: wantsColours(environment: environment))
        let log = files.map { files in
            let keeper = LogKeeper(folder: files.folder, dayCount: files.dayCount)
            return LogFiles(folder: files.folder, byteCountMax: files.byteCountMax) { keeper.begin(current: $0) }
        }
        var outputs = [LogOutput(level: consoleLevel, layout: layout) { line, _ in show(line) }]
        if let log {
            outputs.append(
                LogOutput(level: .debug, layout: format == .json ? .json : .file) {
                    log.append($0, date: $1.wall.dayText)
                })
        }
        return Logger(label: "spelltable") { [outputs] in LineLogHandler(label: $0, outputs: outputs) }
    }

    /// Whether colours belong on standard output: it is a terminal, and `NO_COLOR` isn't set (no-color.org).
    static func wantsColours(environment: [String: String]) -> Bool {
        isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Writes a line to standard output whole, so that lines of several threads don't mix.
    private static func show(_ line: String) {
        let bytes = Array(line.utf8)
        // A closed pipe at the other end is no reason to stop, and there is nobody left to tell.
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}
