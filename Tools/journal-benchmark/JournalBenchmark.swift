import Dispatch
import Foundation
import JSONDocument
import Journal
import Synchronization
import Table

/// Measures the journal and the replay inside one process; `Tools/bench` starts it and prints its rows.
///
/// Each row is one line of JSON: {"what", "value", "unit", "target"}.
@main
struct JournalBenchmark {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("replay", 1): try ReplayBenchmark(eventCount: 1_000_000).run()
        case ("append", 1): try AppendBenchmark().run()
        case ("trace", 1): try TraceBenchmark(eventCount: 1_000_000).run()
        case ("history", 2): try HistoryBenchmark(folder: arguments[1]).run()
        default:
            FileHandle.standardError.write(
                Data("usage: journal-benchmark replay | append | trace | history FOLDER\n".utf8))
            exit(2)
        }
    }
}

/// One measured figure, not negative; with one digit after the point below 100.
func printRow(_ what: String, _ value: Double, _ unit: String, target: String) {
    let tenths = Int((value * 10).rounded())
    let number = tenths < 1000 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))"
    let (what, unit, target) = (JSONValue.string(what), JSONValue.string(unit), JSONValue.string(target))
    print(#"{"what":\#(what.text),"value":\#(number),"unit":\#(unit.text),"target":\#(target.text)}"#)
}

/// A journal in a temporary folder that is removed at the end.
func withScratchJournal(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "journal-benchmark-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }  // scratch: what stays behind harms nobody
    try body(folder.path(percentEncoded: false))
}

func openJournal(_ folder: String) throws -> sending JournalWriter {
    try JournalWriter.open(
        folder: folder, fileSystem: PosixFileSystem(),
        clock: { JournalTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
        identity: { UUID().uuidString.lowercased() })
}

/// A token's move: the small event that tables make most.
func move(_ step: Int, actor: String = "dm@192.168.1.20") -> EventDraft {
    let path = "/live/maps/\(step % 60)/data/position/x"
    return EventDraft(
        type: "live.changed", actor: actor, data: Array("{}".utf8),
        patch: Array(#"[{"op":"replace","path":"\#(path)","value":\#(step % 997).5}]"#.utf8))
}

/// A scene of sixty tokens, some 17 KB.
func liveScene(id: String = "crypt", name: String = "The Crypt") -> String {
    let maps = (0..<60).map { index in
        """
        {"name":"token-\(index).png","data":{"position":{"x":\(index),"y":1},"scale":1.25,"rotation":0,"isHidden":\
        false,"notes":"\(String(repeating: "a goblin guards this door ", count: 8))"}}
        """
    }
    return #"{"id":"\#(id)","name":"\#(name)","maps":[\#(maps.joined(separator: ","))]}"#
}

func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

/// Folds a journal of small events into the document, from the first event on, without snapshots.
struct ReplayBenchmark {
    let eventCount: Int

    func run() throws {
        try withScratchJournal { folder in
            try write(folder)
            let reader = try JournalReader(folder: folder, fileSystem: PosixFileSystem())
            var rates: [Double] = []
            for _ in 0..<5 { rates.append(try replay(reader)) }
            printRow("replay of small events, one core", rates.sorted()[2], "events/s", target: ">= 500000")
        }
    }

    /// Writes the journal that is measured: a scene of 60 tokens, and their moves.
    func write(_ folder: String) throws {
        let writer = try openJournal(folder)
        let scene = EventDraft(
            type: "live.changed", data: Array("{}".utf8),
            patch: Array(#"[{"op":"replace","path":"/live","value":\#(liveScene())}]"#.utf8))
        _ = try writer.commit([[scene]])
        for first in stride(from: 0, to: eventCount, by: 1000) {
            _ = try writer.commit((first..<first + 1000).map { [move($0)] })
        }
        try writer.close()
    }

    private func replay(_ reader: JournalReader) throws -> Double {
        var fold = DocumentFold(TableDocument.empty, at: -1)
        var cursor = reader.cursor(from: 0)
        let begun = ContinuousClock.now
        while let chunk = try cursor.next() {
            try chunk.forEachLine { _, line in try fold.apply(line) }
        }
        return Double(fold.offset + 1) / seconds(ContinuousClock.now - begun)
    }
}

/// Appends small events durably with so many of them in flight.
struct AppendBenchmark {
    func run() throws {
        for inFlight in [1, 16, 256] {
            try withScratchJournal { folder in
                let rate = try measure(folder, inFlight: inFlight)
                printRow("durable appends of 150 B, \(inFlight) in flight", rate, "events/s", target: "none yet")
            }
        }
    }

    /// Keeps `inFlight` events waiting for their sync for three seconds.
    private func measure(_ folder: String, inFlight: Int) throws -> Double {
        let journal = Mutex(try openJournal(folder))
        let places = DispatchSemaphore(value: inFlight)
        let failure = Mutex<(any Error)?>(nil)
        let committer = GroupCommitter<Int>(name: "append", capacity: inFlight) { batch in
            do {
                try journal.withLock { writer in _ = try writer.commit(batch.map { [move($0)] }) }
            } catch {
                failure.withLock { $0 = error }
            }
            for _ in batch { places.signal() }
        }
        let begun = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - begun < .seconds(3), failure.withLock({ $0 == nil }) {
            places.wait()
            _ = committer.submit(count)
            count += 1
        }
        committer.stop()
        if let failure = failure.withLock({ $0 }) { throw failure }
        let rate = Double(count) / seconds(ContinuousClock.now - begun)
        try journal.withLock { writer in try writer.close() }
        return rate
    }
}
