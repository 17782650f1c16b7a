import Foundation
import JSONDocument
import Journal
import Synchronization
import Table

/// Writes a journal of a million small events, twenty evenings with snapshots as the server takes them, and reads documents
/// out of its past.
///
/// The journal stays in the folder that was given, for `Tools/bench` to try spell-replay on.
final class HistoryBenchmark: Sendable {
    let folder: String
    private let eveningCount = 20
    private let eventsPerEvening = 50_000
    private let now = Atomic<Int64>(1_780_000_000_000)

    init(folder: String) {
        self.folder = folder
    }

    func run() throws {
        let writing = try measure { try write() }.taken
        let count = Double(eveningCount * eventsPerEvening)
        printRow("writing the history", count / writing.wall, "events/s", target: "")
        let reader = try JournalReader(folder: folder, fileSystem: PosixFileSystem())
        let history = History(reader: reader, snapshots: SnapshotStore(folder: folder, fileSystem: PosixFileSystem()))
        let newest = try reader.newestOffset()
        var generator = Generator(state: 7)
        var (times, processorTimes): ([Double], [Double]) = ([], [])
        for _ in 0..<300 {
            let offset = Int64.random(in: 0...newest, using: &generator)
            let taken = try measure { _ = try history.document(at: offset) }.taken
            times.append(taken.wall * 1000)
            processorTimes.append(taken.processor * 1000)
        }
        print(times, "the document at any of a million offsets", target: "< 50")
        print(processorTimes, "of that on the processor, which moves with the machine less", target: "< 50")
    }

    private func print(_ milliseconds: [Double], _ what: String, target: String) {
        let sorted = milliseconds.sorted()
        printRow("\(what), median", sorted[sorted.count / 2], "ms", target: "")
        printRow("\(what), p99", sorted[sorted.count * 99 / 100], "ms", target: target)
    }

    private func write() throws {
        let writer = try JournalWriter.open(
            folder: folder, fileSystem: PosixFileSystem(),
            clock: { JournalTime(milliseconds: self.now.load(ordering: .relaxed)) },
            identity: { UUID().uuidString.lowercased() })
        let snapshots = SnapshotStore(folder: folder, fileSystem: PosixFileSystem())
        var fold = DocumentFold(TableDocument.empty, at: -1)
        var sinceSnapshot = 0
        try commit([[library()]], to: writer, &fold)
        for evening in 0..<eveningCount {
            try commit([[scene(evening)]], to: writer, &fold)
            for first in stride(from: 1, to: eventsPerEvening, by: 50) {
                let events = (first..<min(first + 50, eventsPerEvening)).map { [event($0)] }
                let chain = try commit(events, to: writer, &fold)
                now.add(14_000, ordering: .relaxed)  // four hours an evening
                sinceSnapshot += events.count
                if sinceSnapshot >= TableOptions().snapshotEveryEvents {
                    try snapshots.write(snapshot(fold, writer, chain))
                    sinceSnapshot = 0
                }
            }
            now.add(7 * 86_400_000 - 14_000_000, ordering: .relaxed)
        }
        try writer.close()
    }

    /// - Returns: The chain after the events.
    @discardableResult
    private func commit(
        _ events: [[EventDraft]], to writer: JournalWriter, _ fold: inout DocumentFold
    ) throws -> ChainDigest {
        let appended = try writer.commit(events)
        for line in appended.lines { try fold.advance(line.span) }
        return appended.chainAfter
    }

    private func snapshot(_ fold: DocumentFold, _ writer: JournalWriter, _ chain: ChainDigest) -> SnapshotFile {
        SnapshotFile(
            journal: writer.identity.uuid, offset: fold.offset, chain: chain.hex,
            digest: DocumentDigest.compute(fold.document), document: fold.document.serialized())
    }

    /// Forty saved scenes, together some 600 KB.
    private func library() -> EventDraft {
        let scenes = (0..<40).map { #""s\#($0)":\#(sceneText($0))"# }.joined(separator: ",")
        return EventDraft(
            type: "table.imported", actor: "dm@192.168.1.20", data: Array("{}".utf8),
            patch: Array(#"[{"op":"replace","path":"/scenes","value":{\#(scenes)}}]"#.utf8))
    }

    private func scene(_ evening: Int) -> EventDraft {
        EventDraft(
            type: "live.changed", actor: "dm@192.168.1.20", data: Array("{}".utf8),
            patch: Array(#"[{"op":"replace","path":"/live","value":\#(sceneText(evening))}]"#.utf8))
    }

    private func sceneText(_ number: Int) -> String { liveScene(id: "s\(number)", name: "Scene \(number)") }

    /// Mostly moves, by two people; now and then the screens are blanked, and a scene is renamed once in a long while.
    private func event(_ step: Int) -> EventDraft {
        switch step % 1000 {
        case 0: draft("viewer.blanked", step, #"{"op":"replace","path":"/viewer/blank","value":true}"#)
        case 1: draft("viewer.unblanked", step, #"{"op":"replace","path":"/viewer/blank","value":false}"#)
        case 500: draft("scene.updated", step, #"{"op":"replace","path":"/scenes/s3/name","value":"Crypt \#(step)"}"#)
        default: move(step, actor: actor(step))
        }
    }

    private func draft(_ type: String, _ step: Int, _ operation: String) -> EventDraft {
        EventDraft(type: type, actor: actor(step), data: Array("{}".utf8), patch: Array("[\(operation)]".utf8))
    }

    private func actor(_ step: Int) -> String { step / 200 % 3 == 0 ? "anna@192.168.1.31" : "dm@192.168.1.20" }
}

/// SplitMix64: the same offsets in every run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
