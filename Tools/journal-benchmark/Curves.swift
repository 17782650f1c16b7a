import Foundation
import JSONDocument
import Journal
import Synchronization
import Table

/// How appending, replaying and starting grow with the number of small events.
struct EventsCurve {
    let eventCount: Int

    func run() throws {
        try withScratchFolder { folder in
            let writing = try measure { try writeMoves(self.eventCount, to: folder) }.taken
            let events = Double(self.eventCount)
            self.print("append, 1000 a commit", writing.processor / events * 1e6, "µs of one core an event")
            let without = try StartBenchmark.start(folder)
            self.print("start without snapshot", without.processor * 1000, "ms of one core")
            self.print("start without snapshot, an event", without.processor / events * 1e6, "µs of one core")
            let with = try (0..<3).map { _ in try StartBenchmark.start(folder) }
            self.print("start with snapshot", with.map(\.processor).median * 1000, "ms of one core")
            self.print("start with snapshot: wall", with.map(\.wall).median * 1000, "ms")
        }
    }

    private func print(_ what: String, _ value: Double, _ unit: String) {
        printRow("curve-events: \(what)", value, unit, x: self.eventCount)
    }
}

/// How starting, changing and taking snapshots grow with the document: saved scenes of 17 KB each, one on the table.
///
/// What matters is that no change waits for a snapshot, however large.
struct DocumentCurve {
    let byteCount: Int

    func run() throws {
        try withScratchFolder { folder in
            try self.write(folder)
            let without = try StartBenchmark.start(folder)
            self.print("start without snapshot", without.processor * 1000, "ms of one core")
            let with = try (0..<3).map { _ in try StartBenchmark.start(folder) }
            self.print("start with snapshot", with.map(\.processor).median * 1000, "ms of one core")
            self.print("start with snapshot: wall", with.map(\.wall).median * 1000, "ms")
            try self.change(folder)
        }
    }

    private func write(_ folder: String) throws {
        let writer = try openJournal(folder)
        _ = try writer.commit([[showScene()]])
        for first in stride(from: 0, to: self.byteCount / 17_000, by: 10) {
            _ = try writer.commit((first..<min(first + 10, self.byteCount / 17_000)).map { [saveScene($0)] })
        }
        try writer.close()
    }

    /// Moves one after the other, before and while a snapshot is written.
    private func change(_ folder: String) throws {
        let snapshots = SnapshotTimes()
        let options = TableOptions(snapshotEveryEvents: 2000)
        let table = try openTable(folder, options: options) { notice in
            if case .snapshotWritten(_, let byteCount) = notice { snapshots.written(byteCount) }
        }
        defer { table.close() }
        let driver = CommandDriver(table: table, inFlight: 1)
        let commands = try CommandsBenchmark.moves()
        let before = try (0..<1999).map { try Self.seconds(driver, commands[$0]) }
        // The next one makes a snapshot due.
        _ = try Self.seconds(driver, commands[1999])
        let begun = ContinuousClock.now
        var during: [Double] = []
        while snapshots.newest == nil, during.count < 100_000 {
            during.append(try Self.seconds(driver, commands[during.count % 1999]))
        }
        let wall = elapsed(since: begun)
        self.print("a snapshot", wall * 1000, "ms")
        self.print("bytes of the document", Double(snapshots.newest ?? 0), "B")
        for (name, times) in [("quiet", before), ("while a snapshot is written", during)] where !times.isEmpty {
            self.print("a change, \(name): median", times.median * 1e6, "µs")
            self.print("a change, \(name): p99", times.quantile(0.99) * 1e6, "µs")
            self.print("a change, \(name): the longest", times.quantile(1) * 1e6, "µs")
        }
    }

    private static func seconds(_ driver: CommandDriver, _ command: Command) throws -> Double {
        try measure { try driver.run(command) }.taken.wall
    }

    private func print(_ what: String, _ value: Double, _ unit: String) {
        printRow("curve-document: \(what)", value, unit, x: self.byteCount)
    }
}

/// What the table said of its snapshots.
private final class SnapshotTimes: Sendable {
    private let byteCount = Mutex<Int?>(nil)

    /// Bytes of the newest one's document; nil as long as there is none.
    var newest: Int? { self.byteCount.withLock { $0 } }

    func written(_ byteCount: Int) { self.byteCount.withLock { $0 = byteCount } }
}
