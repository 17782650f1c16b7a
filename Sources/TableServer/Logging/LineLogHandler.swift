import Logging

/// Turns log events into lines of text for one output.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let layout: LogLayout
    private let clock: @Sendable () -> LogTime
    private let output: @Sendable (String, LogTime) -> Void

    /// - Parameters:
    ///   - label: The logger's, for programs that read the lines.
    ///   - level: The least important level that is written.
    ///   - layout: How the lines look.
    ///   - clock: Tells the time of a line.
    ///   - output: Takes each finished line and its time.
    package init(
        label: String, level: Logger.Level, layout: LogLayout, clock: @escaping @Sendable () -> LogTime = LogTime.now,
        output: @escaping @Sendable (String, LogTime) -> Void
    ) {
        self.label = label
        self.logLevel = level
        self.layout = layout
        self.clock = clock
        self.output = output
    }

    package func log(event: LogEvent) {
        let time = clock()
        output(layout.line(event, label: label, metadata: facts(of: event), time: time), time)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// The logger's own facts, its provider's and the event's, the most specific winning.
    private func facts(of event: LogEvent) -> Logger.Metadata {
        var facts = metadata
        if let provided = metadataProvider?.get() { facts.merge(provided) { $1 } }
        if let given = event.metadata { facts.merge(given) { $1 } }
        if let error = event.error { facts["error"] = "\(error)" }
        return facts
    }
}
