import JSONDocument
import Journal
import TestSupport

extension FuzzTarget {
    static let eventLine = FuzzTarget("event-line", "one line of a journal: its envelope") { input in
        let layout = EventLayout.scan(input.bytes.span)
        guard let event = try? EventEnvelope.parse(input.bytes) else {
            return try require(layout == nil, "a line has a layout and no envelope")
        }
        try require(layout != nil, "a line has an envelope and no layout")
        try require(event.offset >= 0 && !event.type.isEmpty, "an event \(event.offset) of type '\(event.type)'")
        try require(JournalTime(rfc3339: event.time.rfc3339) == event.time, "the time \(event.time) can't be read")
        try require(input.bytes[event.patch].first == UInt8(ascii: "["), "a patch that is no array")
        if let group = event.group {
            try require(
                group.first <= event.offset && event.offset - group.first < group.count, "an event outside its group")
        }
        // Whoever reads the whole line as JSON must find the same.
        guard let line = JSONValue(fuzzed: input.bytes) else { return }
        try require(line["offset"]?.intValue == Int(event.offset), "another offset than the JSON's")
        try require(line["type"]?.stringValue == event.type, "another type than the JSON's: \(event.type)")
        try require(line["actor"]?.stringValue == event.actor, "another actor than the JSON's")
        try require(line["command"]?.stringValue == event.command, "another command than the JSON's")
        try require(JSONValue(fuzzed: Array(input.bytes[event.data])) == line["data"], "other data than the JSON's")
        try require(JSONValue(fuzzed: Array(input.bytes[event.patch])) == line["patch"], "another patch")
    }

    static let frameHeader = FuzzTarget("frame-header", "the header before a frame: its JSON, with and without check") {
        input in
        try requireSoundHeader(input.bytes)
        try requireSoundHeader(input.bytes + Array(#","check":"\#(sha256Hex(input.bytes).prefix(16))"}"#.utf8))
    }

    static let journalIdentity = FuzzTarget("journal-identity", "a journal.json") { input in
        let disk = FuzzJournal(segment: nil, identity: input.bytes).disk
        guard let reader = try? JournalReader(folder: FuzzJournal.folder, fileSystem: disk) else { return }
        try require(reader.identity.uuid.utf8.count == 36, "a journal called '\(reader.identity.uuid)'")
        try require(JournalTime(rfc3339: reader.identity.created) != nil, "created \(reader.identity.created)")
        _ = try? reader.newestOffset()
    }

    static let segment = FuzzTarget("segment", "a segment file: reading, verifying, opening") { input in
        try FuzzJournal(segment: input.bytes).check()
    }

    static let segmentPlan = FuzzTarget("segment-plan", "a segment file with right checksums, made of chosen steps") {
        input in
        try FuzzJournal(segment: SegmentPlan(input.bytes).bytes).check()
    }
}

/// What reads as a header is written the same, is found whole, and is not found cut short or with a bit flipped.
private func requireSoundHeader(_ content: [UInt8]) throws {
    guard let header = FrameHeader.parse(content) else { return }
    try require(header.content == content, "a header that is written another way than it was read")
    try require(header.base >= 0, "a frame that begins at \(header.base)")
    let encoded = header.encoded
    // One that is too long for a frame's header is written by nobody, and found by nobody.
    guard let found = FrameHeader.find(in: encoded, at: 0) else {
        return try require(content.count > FrameFormat.headerByteCountMax, "a header isn't found where it is")
    }
    try require(found.header == header && found.byteCount == encoded.count, "another header is found: \(found)")
    for end in encoded.indices {
        try require(FrameHeader.find(in: Array(encoded[..<end]), at: 0) == nil, "a header cut at \(end) is found")
    }
    for index in encoded.indices {
        var flipped = encoded
        flipped[index] ^= 1 << (content[index % content.count] % 8)
        try require(FrameHeader.find(in: flipped, at: 0) == nil, "a header with byte \(index) flipped is found")
    }
}

/// A journal of one segment on a disk in memory.
private struct FuzzJournal {
    static let folder = "/journal"

    let disk = SimulatedFileSystem()

    init(segment: [UInt8]?, identity: [UInt8] = FuzzJournal.identity) {
        do {
            try self.disk.makeFolders(Self.folder)
        } catch {
            preconditionFailure("the disk has no faults: \(error)")
        }
        self.disk.put(identity, at: "\(Self.folder)/journal.json")
        if let segment { self.disk.put(segment, at: "\(Self.folder)/00000000000000000000.jsonl.lz4") }
    }

    private static let identity = Array(
        #"{"format":1,"journal":"\#(SegmentPlan.journal)","created":"2026-11-23T06:40:00.000Z"}"#.utf8)

    /// Reads, verifies and opens it, and checks that what is open is whole.
    func check() throws {
        let before = self.lines()
        _ = try? JournalVerifier.verify(folder: Self.folder, fileSystem: self.disk)
        guard let writer = try? self.open() else { return }
        // A reader may have seen a commit, or a group's beginning, that recovery then cut off; never less.
        let after = self.lines()
        try require(after.error == nil, "open, it can't be read: \(after.error.map { "\($0)" } ?? "")")
        try require(before.lines.starts(with: after.lines), "recovery changed lines")
        try require(Int64(after.lines.count) == writer.newestOffset + 1, "\(after.lines.count) lines are open")
        try requireGoesOn(writer, after.lines)
    }

    /// A commit follows what is there, and all of it passes the verification.
    private func requireGoesOn(_ writer: JournalWriter, _ lines: [[UInt8]]) throws {
        let draft = EventDraft(type: "live.changed", data: Array("{}".utf8), patch: Array("[]".utf8))
        do {
            _ = try writer.commit([[draft]])
            try writer.close()
            let report = try JournalVerifier.verify(folder: Self.folder, fileSystem: self.disk)
            try require(report.isClean, "after recovery and a commit it is damaged: \(report.damages)")
            try require(report.newestOffset == Int64(lines.count), "after a commit it ends at \(report.newestOffset)")
            let again = try self.open()
            try require(again.recovery == nil, "after a clean end it is recovered again")
            try require(again.chain == writer.chain, "opened again, it has another history")
            try again.close()
        } catch let error as JournalError {
            throw BrokenLaw(description: "what was opened doesn't go on: \(error)")
        }
    }

    private func open() throws(JournalError) -> JournalWriter {
        try JournalWriter.open(
            folder: Self.folder, fileSystem: self.disk, clock: ManualClock().clock, identity: { SegmentPlan.journal })
    }

    private func lines() -> (lines: [[UInt8]], error: JournalError?) {
        var lines: [[UInt8]] = []
        do throws(JournalError) {
            var cursor = try JournalReader(folder: Self.folder, fileSystem: self.disk).cursor(from: 0)
            while let chunk = try cursor.next() { lines += (0..<chunk.count).map(chunk.line) }
            return (lines, nil)
        } catch {
            return (lines, error)
        }
    }
}
