import JSONDocument
import Journal

/// Writes events as lines: JSON as they stand in the journal, or CSV.
package struct EventExport: Sendable {
    /// How events are written.
    package enum Form: Sendable {
        /// The journal's lines, byte for byte.
        case lines
        /// RFC 4180 with a header; see ``EventCSV``.
        case csv
    }

    private let source: JournalSource
    private let form: Form

    package init(from source: JournalSource, as form: Form) {
        self.source = source
        self.form = form
    }

    /// Hands out the events of a range, oldest first, in pieces of bounded size.
    package func run(
        _ range: ExportRange, progress: ProgressSink, write: ([UInt8]) throws -> Void
    ) throws {
        if form == .csv { try write(EventCSV.header) }
        try source.forEachChunk(range, title: "Exporting", progress: progress) { chunk in
            switch form {
            case .lines: try write(chunk.bytes)
            case .csv:
                var rows: [UInt8] = []
                for index in 0..<chunk.count { rows += try EventCSV.row(try LoggedEvent(line: chunk.line(index))) }
                try write(rows)
            }
        }
    }
}
