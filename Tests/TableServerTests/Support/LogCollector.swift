import Logging
import Synchronization

@testable import TableServer

/// Keeps log lines, as a log file would have them, for tests to look at.
final class LogCollector: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { label in
            LineLogHandler(
                label: label,
                outputs: [LogOutput(level: .debug, layout: .file) { line, _ in self.kept.withLock { $0.append(line) } }]
            )
        }
    }
}
