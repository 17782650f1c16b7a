import Foundation
import Glibc

/// Measures the journal and the table inside one process; `Tools/bench` starts it and prints its rows.
///
/// Each row is one line of JSON: {"what", "value", "unit", "target"}, and for a point of a curve also "x". `serve` prints none: what
/// it does is measured from outside.
@main
struct JournalBenchmark {
    private static let usage = """
        usage: journal-benchmark append | commands | bytes | replay | start | trace
                                 scan [FOLDER] | history FOLDER | curve-events COUNT... | curve-document BYTES...
                                 serve PORT FOLDER

        """

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst(2)
        let counts = arguments.compactMap { Int($0) }
        let areCounts = !counts.isEmpty && counts.count == arguments.count && counts.allSatisfy { $0 > 0 }
        switch (CommandLine.arguments.dropFirst().first, arguments.count) {
        case ("append", 0): try AppendBenchmark().run()
        case ("commands", 0): try CommandsBenchmark().run()
        case ("bytes", 0): try BytesBenchmark(eventCount: 20_000).run()
        case ("replay", 0): try ReplayBenchmark(eventCount: 1_000_000).run()
        case ("scan", 0): try ScanBenchmark.run(eventCount: 1_000_000)
        case ("scan", 1): try ScanBenchmark.run(folder: arguments.joined())
        case ("start", 0): try StartBenchmark(eventCount: 1_000_000).run()
        case ("trace", 0): try TraceBenchmark(eventCount: 1_000_000).run()
        case ("history", 1): try HistoryBenchmark(folder: arguments.joined()).run()
        case ("serve", 2) where Int(arguments[arguments.startIndex]) != nil:
            try JournalServer(port: counts[0], folder: arguments[arguments.startIndex + 1]).run()
        case ("curve-events", _) where areCounts: for count in counts { try EventsCurve(eventCount: count).run() }
        case ("curve-document", _) where areCounts: for count in counts { try DocumentCurve(byteCount: count).run() }
        default:
            FileHandle.standardError.write(Data(self.usage.utf8))
            exit(2)
        }
    }
}
