import Journal
import TestSupport
import Testing

/// What most tests begin with: a simulated disk, a clock that stands still, a journal in `/journal/default`.
struct JournalFixture {
    static let folder = "/journal/default"
    static let uuid = "0b8f9f3e-6a52-4a4e-9d5e-1c2d3e4f5a6b"

    let disk: SimulatedFileSystem
    let clock = ManualClock()
    var options: JournalOptions

    /// Where nothing else is said no space is prepared, so that a segment's bytes are those of its commits.
    init(
        _ disk: SimulatedFileSystem = SimulatedFileSystem(),
        options: JournalOptions = JournalOptions(preparedByteCount: 0)
    ) {
        self.disk = disk
        self.options = options
    }

    func open() throws -> JournalWriter {
        try JournalWriter.open(
            folder: Self.folder, fileSystem: self.disk, clock: self.clock.clock, identity: { Self.uuid },
            options: self.options)
    }

    func reader() throws -> JournalReader { try JournalReader(folder: Self.folder, fileSystem: self.disk) }

    /// All lines that a reader finds, without line feeds.
    func lines(from offset: Int64 = 0) throws -> [String] {
        var cursor = try self.reader().cursor(from: offset)
        return try readAll(&cursor)
    }

    /// The path of the segment that begins with an event.
    static func segmentPath(_ base: Int64 = 0) -> String { self.folder + "/" + JournalFolder.segmentName(base: base) }

    func segmentBytes(_ base: Int64 = 0) throws -> [UInt8] {
        try #require(self.disk.bytes(of: Self.segmentPath(base)))
    }

    /// A copy of the disk with another content of one segment.
    func with(_ bytes: [UInt8], segment base: Int64 = 0) -> JournalFixture {
        let disk = self.disk.afterKill()
        disk.put(bytes, at: Self.segmentPath(base))
        return JournalFixture(disk, options: self.options)
    }
}

/// Reads until the end for now.
func readAll(_ cursor: inout JournalCursor) throws -> [String] {
    var lines: [String] = []
    while let chunk = try cursor.next() {
        #expect(chunk.firstOffset + Int64(chunk.count) == cursor.nextOffset)
        for index in 0..<chunk.count { lines.append(String(decoding: chunk.line(index), as: UTF8.self)) }
    }
    return lines
}

/// An event about the size of a moved token.
func draft(_ number: Int, padding: Int = 0) -> EventDraft {
    let text = String(repeating: "x", count: padding)
    return EventDraft(
        type: "live.changed", actor: "dm@192.168.1.20", data: Array(#"{"note":"\#(text)"}"#.utf8),
        patch: Array(#"[{"op":"replace","path":"/live/tokens/\#(number % 7)/x","value":\#(number * 37)}]"#.utf8))
}

/// Text that LZ4 can't make smaller, as a JSON string's content.
func noise(_ count: Int, seed: UInt64) -> String {
    precondition(count < noisePool.count / 2, "the pool is long enough")
    let start = Int(seed &* 7919 % UInt64(noisePool.count / 2))
    return String(decoding: noisePool[start..<start + count], as: UTF8.self)
}

private let noisePool: [UInt8] = {
    var generator = SeededGenerator(seed: 1)
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return (0..<3_000_000).map { _ in digits[Int(generator.next() >> 58)] }
}()

/// An event whose data doesn't compress.
func noisyDraft(_ number: Int, byteCount: Int) -> EventDraft {
    EventDraft(
        type: "scene.saved", data: Array(#"{"n":"\#(noise(byteCount, seed: UInt64(number)))"}"#.utf8),
        patch: Array("[]".utf8))
}

func text(_ events: AppendedEvents) -> [String] { events.lines.map { String(decoding: $0, as: UTF8.self) } }

/// What became of a commit.
enum CommitOutcome {
    case done(AppendedEvents)
    case refused
    case unknown
    case stopped
    case failed(JournalError)

    /// The case alone.
    var name: String {
        switch self {
        case .done: "done"
        case .refused: "refused"
        case .unknown: "unknown"
        case .stopped: "stopped"
        case .failed(let error): "failed: \(error)"
        }
    }
}

/// Commits, and tells what became of it.
func attempt(_ writer: JournalWriter, _ changes: [[EventDraft]]) -> CommitOutcome {
    do throws(JournalError) {
        return .done(try writer.commit(changes))
    } catch {
        switch error {
        case .refused: return .refused
        case .outcomeUnknown: return .unknown
        case .writingStopped: return .stopped
        default: return .failed(error)
        }
    }
}
