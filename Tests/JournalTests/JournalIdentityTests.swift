import Journal
import TestSupport
import Testing

/// What stands in `journal.json` and in file names comes from a disk, and may be anything.
@Suite struct JournalIdentityTests {
    private func disk(start offset: String, document: String = JournalFolder.startName) throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem()
        try disk.makeFolders(JournalFixture.folder)
        let chain = String(repeating: "0a", count: 32)
        let text =
            #"{"format":1,"journal":"\#(JournalFixture.uuid)","created":"2026-11-23T06:40:00Z","#
            + #""start":{"offset":\#(offset),"chain":"\#(chain)","document":"\#(document)"}}"#
        disk.put(Array(text.utf8), at: JournalFixture.folder + "/" + JournalFolder.identityName)
        return disk
    }

    /// The next offset overflowed, which is a crash; found by fuzzing.
    @Test(arguments: ["9223372036854775807", "1000000000000000000", "-2"])
    func `a start at an impossible offset is damage`(offset: String) throws {
        let disk = try disk(start: offset)
        #expect {
            try JournalReader(folder: JournalFixture.folder, fileSystem: disk)
        } throws: { error in
            if case .damaged = error as? JournalError { true } else { false }
        }
    }

    @Test(arguments: ["-1", "999999999999999999"])
    func `the first and the last possible offset are read`(offset: String) throws {
        let reader = try JournalReader(folder: JournalFixture.folder, fileSystem: try disk(start: offset))
        #expect(try reader.newestOffset() == Int64(offset))
    }

    @Test(arguments: ["../start.json.lz4", "/etc/passwd", "lock", ".", "", "start-5.json.lz4", "start.json.lz4/x"])
    func `a start document is a file of the folder, with the name of one`(document: String) throws {
        let disk = try disk(start: "41", document: document)
        let error = #expect(throws: JournalError.self) {
            try JournalReader(folder: JournalFixture.folder, fileSystem: disk)
        }
        #expect("\(try #require(error))".contains("a name that no start document has"))
    }

    @Test func `a file with an impossible offset for a name is no segment`() {
        #expect(JournalFolder.segmentBase(ofName: "09223372036854775807.jsonl.lz4") == nil)
        #expect(JournalFolder.segmentBase(ofName: "00999999999999999999.jsonl.lz4") == 999_999_999_999_999_999)
    }
}
