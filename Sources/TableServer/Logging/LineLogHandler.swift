import Logging

/// Turns log events into lines of text, for one output or several.
///
/// A copy with facts of its own, such as each connection has, costs those facts once however many outputs there are.
package struct LineLogHandler: LogHandler {
    /// What is less important goes to no output; what isn't, to those whose own level lets it through.
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let destination: Destination

    /// What all copies share.
    private final class Destination: Sendable {
        let label: String
        let clock: @Sendable () -> LogTime
        let outputs: [LogOutput]

        init(label: String, clock: @escaping @Sendable () -> LogTime, outputs: [LogOutput]) {
            self.label = label
            self.clock = clock
            self.outputs = outputs
        }
    }

    /// - Parameters:
    ///   - label: The logger's, for programs that read the lines.
    ///   - clock: Tells the time of a line.
    ///   - outputs: Where the lines go; the handler's level is the least important one of theirs.
    package init(label: String, clock: @escaping @Sendable () -> LogTime = LogTime.now, outputs: [LogOutput]) {
        self.destination = Destination(label: label, clock: clock, outputs: outputs)
        self.logLevel = outputs.map(\.level).min() ?? .critical
    }

    package func log(event: LogEvent) {
        let time = destination.clock()
        let facts = facts(of: event)
        for output in destination.outputs where output.level <= event.level {
            output.write(output.layout.line(event, label: destination.label, metadata: facts, time: time), time)
        }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// The logger's own facts and the event's, which win.
    private func facts(of event: LogEvent) -> Logger.Metadata {
        var facts = metadata
        if let given = event.metadata { facts.merge(given) { $1 } }
        if let error = event.error { facts["error"] = "\(error)" }
        return facts
    }
}

/// Where a log's lines go, and how they look there.
package struct LogOutput: Sendable {
    fileprivate let level: Logger.Level
    fileprivate let layout: LogLayout
    fileprivate let write: @Sendable (String, LogTime) -> Void

    /// - Parameters:
    ///   - level: The least important level that is written.
    ///   - layout: How the lines look.
    ///   - write: Takes each finished line and its time.
    package init(level: Logger.Level, layout: LogLayout, write: @escaping @Sendable (String, LogTime) -> Void) {
        self.level = level
        self.layout = layout
        self.write = write
    }
}
