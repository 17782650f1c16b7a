import Logging

/// How log lines look to those who read them.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// For programs: one JSON object a line.
    case json
}

/// How one output's lines look.
package enum LogLayout: Sendable {
    /// The time of day, and colours only where somebody sees them.
    case console(colours: Bool)
    /// With the date.
    case file
    /// One JSON object.
    case json

    /// One event's line, ended by its line feed.
    func line(_ event: LogEvent, label: String, metadata: Logger.Metadata, time: LogTime) -> String {
        switch self {
        case .console(let colours): LogLine.console(event, metadata: metadata, time: time.wall, colours: colours)
        case .file: LogLine.file(event, metadata: metadata, time: time.wall)
        case .json: LogLine.json(event, label: label, metadata: metadata, time: time)
        }
    }
}
