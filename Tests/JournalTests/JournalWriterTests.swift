import Journal
import TestSupport
import Testing

@Suite("JournalWriter")
struct JournalWriterTests {
    @Test func `a line has its members in the format's order`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        var event = draft(1)
        event.command = "11111111-2222-4333-8444-555555555555"
        let appended = try writer.commit([[event]])
        #expect(
            text(appended) == [
                #"{"offset":0,"time":"2026-11-23T06:40:00.000Z","type":"live.changed","actor":"dm@192.168.1.20","#
                    + #""command":"11111111-2222-4333-8444-555555555555","data":{"note":""},"#
                    + #""patch":[{"op":"replace","path":"/live/tokens/1/x","value":37}]}"#
            ])
    }

    @Test func `what was committed is read back, over restarts`() throws {
        let fixture = JournalFixture()
        var written: [String] = []
        for round in 0..<5 {
            let writer = try fixture.open()
            #expect(writer.newestOffset == Int64(written.count) - 1)
            for index in 0..<20 { written += text(try writer.commit([[draft(round * 20 + index)]])) }
            #expect(try fixture.lines() == written)
            try writer.close()
        }
        #expect(try fixture.lines() == written)
        #expect(try fixture.lines(from: 57) == Array(written[57...]))
    }

    @Test func `a killed writer's journal goes on where it was`() throws {
        var fixture = JournalFixture()
        let writer = try fixture.open()
        let first = text(try writer.commit([[draft(1)], [draft(2)]]))
        fixture = JournalFixture(fixture.disk.afterKill())
        let next = try fixture.open()
        #expect(next.recovery == nil)
        #expect(next.newestOffset == 1)
        #expect(next.chain == writer.chain)
        let second = text(try next.commit([[draft(3)]]))
        #expect(try fixture.lines() == first + second)
    }

    @Test func `a change of several events is a group, others are not`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let lines = try writer.commit([[draft(1)], [draft(2), draft(3)], [draft(4)]]).lines
        let groups = try lines.map { try EventEnvelope.parse($0).group }
        let group = EventGroup(first: 1, count: 2)
        #expect(groups == [nil, group, group, nil])
    }

    @Test func `time never goes backwards, and the clock's own word is kept`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        _ = try writer.commit([[draft(1)]])
        fixture.clock.advance(milliseconds: -3_600_000)
        let line = try #require(text(try writer.commit([[draft(2)]])).first)
        #expect(
            line.hasPrefix(
                #"{"offset":1,"time":"2026-11-23T06:40:00.000Z","clock":"2026-11-23T05:40:00.000Z","type":"#))
        fixture.clock.advance(milliseconds: 7_200_000)
        let after = try #require(text(try writer.commit([[draft(3)]])).first)
        #expect(after.hasPrefix(#"{"offset":2,"time":"2026-11-23T07:40:00.000Z","type":"#))
    }

    @Test func `a stamp taken before the commit is the commit's`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        let stamp = writer.stampNextCommit()
        fixture.clock.advance(milliseconds: 500)
        #expect(try writer.commit([[draft(1)]]).time == stamp)
        #expect(writer.stampNextCommit() > stamp)
    }

    @Test func `the chain is SHA-256 from line to line`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        var chain = ChainDigest(journal: JournalFixture.uuid)
        #expect(writer.chain == chain)
        let appended = try writer.commit([[draft(1)], [draft(2)]])
        for (line, digest) in zip(appended.lines, appended.chains) {
            chain.extend(line: line)
            #expect(digest == chain)
        }
        #expect(appended.chainAfter == chain)
        #expect(writer.chain == chain)
    }

    @Test func `a draft that makes no line changes nothing`() throws {
        let fixture = JournalFixture(options: JournalOptions(lineByteCountMax: 1000))
        let writer = try fixture.open()
        var broken = draft(1)
        broken.data = Array("{\n}".utf8)
        #expect(throws: JournalError.invalidDraft(reason: "a line feed inside data or patch")) {
            try writer.commit([[draft(0)], [broken]])
        }
        broken.data = Array(#"{"a":"#.utf8)
        #expect(throws: JournalError.self) { try writer.commit([[broken]]) }
        #expect(throws: JournalError.self) { try writer.commit([[draft(1, padding: 1000)]]) }
        #expect(try writer.commit([[draft(2)]]).firstOffset == 0)
    }

    @Test func `a large commit gets a frame of its own`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        var written = text(try writer.commit([[draft(1)]]))
        written += text(try writer.commit([(0..<40).map { noisyDraft($0, byteCount: 20_000) }]))
        written += text(try writer.commit([[noisyDraft(99, byteCount: 700_000)]]))
        written += text(try writer.commit([[draft(2)]]))
        #expect(try fixture.lines() == written)
        #expect(try fixture.lines(from: 17) == Array(written[17...]))
        try writer.close()
        let content = try fixture.segmentBytes()
        #expect(contains(content, #","commit":"#))
        #expect(try fixture.open().chain == writer.chain)
    }

    @Test func `frames end when they are full, segments too`() throws {
        let fixture = JournalFixture(options: JournalOptions(frameByteCount: 2000, segmentByteCount: 3000))
        let writer = try fixture.open()
        var written: [String] = []
        for index in 0..<300 { written += text(try writer.commit([[noisyDraft(index, byteCount: 100)]])) }
        try writer.close()
        let segments = try fixture.reader().segments()
        #expect(segments.count > 5)
        #expect(try fixture.lines() == written)
        for start in stride(from: 0, to: 300, by: 7) {
            #expect(try fixture.lines(from: Int64(start)) == Array(written[start...]))
        }
        let again = try fixture.open()
        #expect(again.recovery == nil)
        #expect(again.chain == writer.chain)
        #expect(try JournalVerifier.verify(folder: JournalFixture.folder, fileSystem: fixture.disk).isClean)
    }

    @Test func `a quiet frame is ended once`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        _ = try writer.commit([[draft(1)]])
        let open = try fixture.segmentBytes()
        try writer.endFrameIfQuiet()
        #expect(try fixture.segmentBytes() == open)
        fixture.clock.advance(milliseconds: 5000)
        try writer.endFrameIfQuiet()
        try writer.endFrameIfQuiet()
        #expect(try fixture.segmentBytes() == open + [0, 0, 0, 0])
        _ = try writer.commit([[draft(2)]])
        #expect(try fixture.lines().count == 2)
    }

    @Test func `small commits take less than a third of their text`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        var byteCount = 0
        for index in 0..<500 { byteCount += try writer.commit([[draft(index)]]).lines[0].count + 1 }
        #expect(try fixture.segmentBytes().count * 3 < byteCount)
    }
}

func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
}
