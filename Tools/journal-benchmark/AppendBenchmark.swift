import Dispatch
import Journal
import Synchronization

/// Appends small events durably with so many of them in flight.
///
/// First as the C program of `Tools/bench` does: the events in flight are one commit, by the thread that has them. Then
/// handed over to the thread that syncs for all who wait, as the table's writer works.
struct AppendBenchmark {
    private static let duration = Duration.seconds(3)
    /// Made before, as what is measured begins at the journal's interface.
    private let changes = (0..<59_904).map { [move($0)] }

    func run() throws {
        for inFlight in [1, 16, 256] {
            try self.run("durable appends of 150 B, \(inFlight) in flight", inFlight, self.commit)
        }
        for inFlight in [1, 16, 256] {
            try self.run("the same, each handed to the committing thread, \(inFlight) waiting", inFlight, self.handOver)
        }
    }

    private func run(_ what: String, _ inFlight: Int, _ append: (String, Int) throws -> Int) throws {
        let (taken, count) = try withScratchFolder { folder in try measure { try append(folder, inFlight) } }
        printRow(what, Double(count) / taken.wall, "events/s")
        printRow("\(what): processor", taken.processor / Double(count) * 1e9, "ns of one core an event")
    }

    /// - Returns: How many were appended.
    private func commit(_ folder: String, _ inFlight: Int) throws -> Int {
        let writer = try openJournal(folder)
        let end = ContinuousClock.now + Self.duration
        var count = 0
        while ContinuousClock.now < end {
            let first = count % (self.changes.count / inFlight * inFlight)
            _ = try writer.commit(Array(self.changes[first..<first + inFlight]))
            count += inFlight
        }
        try writer.close()
        return count
    }

    /// - Returns: How many were appended.
    private func handOver(_ folder: String, _ inFlight: Int) throws -> Int {
        let journal = Mutex(try openJournal(folder))
        let places = DispatchSemaphore(value: inFlight)
        let failure = Mutex<(any Error)?>(nil)
        let committer = GroupCommitter<[EventDraft]>(name: "append", capacity: inFlight) { batch in
            do {
                try journal.withLock { writer in _ = try writer.commit(batch) }
            } catch {
                failure.withLock { $0 = error }
            }
            for _ in batch { places.signal() }
        }
        let end = ContinuousClock.now + Self.duration
        var count = 0
        while ContinuousClock.now < end, failure.withLock({ $0 == nil }) {
            places.wait()
            _ = committer.submit(self.changes[count % self.changes.count])
            count += 1
        }
        committer.stop()
        if let failure = failure.withLock({ $0 }) { throw failure }
        try journal.withLock { writer in try writer.close() }
        return count
    }
}

/// What a small event takes on disk.
struct BytesBenchmark {
    let eventCount: Int

    func run() throws {
        try self.run(perCommit: 1, target: "<= 60")
        try self.run(perCommit: 16, target: "")
        try self.run(perCommit: 256, target: "<= 35")
    }

    private func run(perCommit: Int, target: String) throws {
        let byteCount = try withScratchFolder { folder in
            let writer = try openJournal(folder)
            for first in stride(from: 0, to: self.eventCount, by: perCommit) {
                _ = try writer.commit((first..<min(first + perCommit, self.eventCount)).map { [move($0)] })
            }
            try writer.close()
            let reader = try JournalReader(folder: folder, fileSystem: PosixFileSystem())
            return try reader.segments().reduce(0) { $0 + $1.byteCount }
        }
        printRow(
            "bytes on disk of a small event, \(perCommit) a commit", Double(byteCount) / Double(self.eventCount), "B",
            target: target)
    }
}
