import Glibc
import Logging
import WallClock

/// Log lines for the person at the terminal, on standard output.
package struct ConsoleLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let colours: Bool
    private let clock: @Sendable () -> WallTime
    private let output: @Sendable (String) -> Void

    /// - Parameters:
    ///   - level: The least important level that is shown.
    ///   - colours: Whether the output is a terminal that wants colours.
    ///   - clock: Tells the time of a line.
    ///   - output: Takes each finished line.
    package init(
        level: Logger.Level, colours: Bool, clock: @escaping @Sendable () -> WallTime = WallTime.now,
        output: @escaping @Sendable (String) -> Void = ConsoleLogHandler.standardOutput
    ) {
        self.logLevel = level
        self.colours = colours
        self.clock = clock
        self.output = output
    }

    package func log(event: LogEvent) {
        let facts = merged(metadata, provider: metadataProvider, event: event)
        output(LogLine.console(event, metadata: facts, time: clock(), colours: colours))
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Whether colours belong on standard output: it is a terminal, and `NO_COLOR` isn't set (no-color.org).
    package static func wantsColours(environment: [String: String]) -> Bool {
        isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Writes a line whole, so that lines of several threads don't mix.
    package static func standardOutput(_ line: String) {
        let bytes = Array(line.utf8)
        // A closed pipe at the other end is no reason to stop, and there is nobody left to tell.
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}

/// Log lines for later, in a file per day.
package struct FileLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let file: DailyLogFile
    private let clock: @Sendable () -> WallTime

    /// - Parameters:
    ///   - level: The least important level that is written.
    ///   - file: Where to; shared by all copies of the handler.
    ///   - clock: Tells the time of a line, and with it the file that it goes to.
    package init(level: Logger.Level, file: DailyLogFile, clock: @escaping @Sendable () -> WallTime = WallTime.now) {
        self.logLevel = level
        self.file = file
        self.clock = clock
    }

    package func log(event: LogEvent) {
        let time = clock()
        let facts = merged(metadata, provider: metadataProvider, event: event)
        file.append(LogLine.file(event, metadata: facts, time: time), date: time.dayText)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}

/// The logger that everything in the server gets: a console for people and daily files for later.
package enum TableLogger {
    /// - Parameters:
    ///   - consoleLevel: The least important level on the console.
    ///   - folder: The folder of the daily files, which get everything from debug on; nil for none.
    ///   - environment: The process's environment, for `NO_COLOR`.
    package static func make(consoleLevel: Logger.Level, folder: String?, environment: [String: String]) -> Logger {
        let console = ConsoleLogHandler(
            level: consoleLevel, colours: ConsoleLogHandler.wantsColours(environment: environment))
        guard let folder else { return Logger(label: "spelltable") { _ in console } }
        let file = FileLogHandler(level: .debug, file: DailyLogFile(folder: folder))
        return Logger(label: "spelltable") { _ in MultiplexLogHandler([console, file]) }
    }
}

/// A logger's own facts, its provider's and the event's, the most specific winning.
private func merged(
    _ own: Logger.Metadata, provider: Logger.MetadataProvider?, event: LogEvent
) -> Logger.Metadata {
    var facts = own
    if let provided = provider?.get() { facts.merge(provided) { $1 } }
    if let given = event.metadata { facts.merge(given) { $1 } }
    if let error = event.error { facts["error"] = "\(error)" }
    return facts
}
