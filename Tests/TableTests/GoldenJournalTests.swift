import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

/// Journals as each released version wrote them give what they gave then (`Tests/Golden/record.py` writes new ones).
@Suite struct GoldenJournalTests {
    /// `Tests/Golden`, beside this test's folder.
    private static let golden = parentFolder(of: parentFolder(of: #filePath)) + "/Golden"
    private static let files = PosixFileSystem()
    /// What every version has to have: a journal after a clean stop, one after a kill, one of each kind of beginning.
    private static let names = ["archive", "archived", "forked", "killed", "whole"]

    /// One journal, and what it has to give.
    struct Golden: CustomTestStringConvertible {
        let format: Int64
        let name: String

        var folder: String { "\(golden)/format-\(format)/\(name)" }
        var testDescription: String { "format \(format), \(name)" }

        func expected() throws -> JSONValue { try JSONValue.parse(try bytes(".json")) }

        func document() throws -> JSONValue { try JSONValue.parse(try bytes(".document.json")) }

        private func bytes(_ ending: String) throws -> [UInt8] {
            try #require(try files.contents(of: folder + ending), "\(folder)\(ending) is missing: see Tests/Golden")
        }

        /// A disk with nothing but this journal, as an unpacked backup is.
        func disk() throws -> SimulatedFileSystem {
            let disk = SimulatedFileSystem()
            try copy(folder, to: TableFixture.folder, disk)
            return disk
        }

        private func copy(_ source: String, to target: String, _ disk: SimulatedFileSystem) throws {
            try disk.makeFolders(target)
            for name in try files.list(source) {
                if try files.status("\(source)/\(name)")?.isFolder == true {
                    try copy("\(source)/\(name)", to: "\(target)/\(name)", disk)
                } else {
                    disk.put(try #require(try files.contents(of: "\(source)/\(name)")), at: "\(target)/\(name)")
                }
            }
        }
    }

    /// Of every version that is read, the current one among them: one without golden journals fails.
    private static let all = JournalFormat.readable.flatMap { format in
        names.map { Golden(format: format, name: $0) }
    }

    @Test(arguments: all)
    func `a journal of this version is written in this version`(golden: Golden) throws {
        let identity = try #require(try golden.disk().bytes(of: TableFixture.folder + "/" + JournalFolder.identityName))
        #expect(try JSONValue.parse(identity)["format"]?.intValue == Int(golden.format))
    }

    @Test(arguments: all)
    func `a reader makes the document of it, and every byte is right`(golden: Golden) throws {
        let disk = try golden.disk()
        let expected = try golden.expected()
        let reader = try JournalReader(folder: TableFixture.folder, fileSystem: disk)
        let segment = try #require(try reader.segments().last)
        #expect((disk.bytes(of: segment.path)?.suffix(4) == [0, 0, 0, 0]) == (golden.name != "killed"), "an end mark")
        let report = try JournalVerifier.verify(reader)
        #expect(report.damages == [])
        #expect(report.newestOffset == expected["newest"]?.intValue.map(Int64.init))
        #expect(report.chain.hex == expected["chain"]?.stringValue)
        var fold = try reader.firstDocument()
        try reader.forEachLine(after: fold.offset, through: report.newestOffset) { line throws(TableError) in
            try fold.apply(line)
        }
        #expect(fold.document == (try golden.document()))
        #expect(DocumentDigest.compute(fold.document) == expected["digest"]?.stringValue)
    }

    @Test(arguments: all)
    func `a table opens it, has its document and its blobs, and goes on from there`(golden: Golden) throws {
        let disk = try golden.disk()
        let expected = try golden.expected()
        let newest = try #require(expected["newest"]?.intValue)
        let table = try TableFixture().open(disk)
        defer { table.close() }
        #expect(table.committed.offset == Int64(newest))
        #expect(table.committed.chain.hex == expected["chain"]?.stringValue)
        #expect(table.committed.document == (try golden.document()))
        #expect(table.committed.digest() == expected["digest"]?.stringValue)
        #expect((table.recovery.snapshotOffset != nil) == (golden.name != "killed"), "its snapshots are of use")
        let blobs = (table.committed.document["maps"]?.members ?? []).compactMap { $0.value["blob"]?.stringValue }
        #expect(!blobs.isEmpty)
        for blob in blobs { #expect(try table.blobs.contains(blob)) }
        #expect(try table.submitAndWait(.folder("After the upgrade")).offset == Int64(newest) + 1)
    }

    @Test func `a table of a newer version is refused, and both versions are named`() throws {
        let disk = try Golden(format: JournalFormat.current, name: "whole").disk()
        let path = TableFixture.folder + "/" + JournalFolder.identityName
        let identity = String(decoding: try #require(disk.bytes(of: path)), as: UTF8.self)
        let newer = JournalFormat.current + 1
        let current = #"{"format":\#(JournalFormat.current),"#
        disk.put(Array((#"{"format":\#(newer),"# + identity.dropFirst(current.count)).utf8), at: path)
        let error = #expect(throws: TableError.self) { try TableFixture().open(disk) }
        guard case .journal(.unsupportedFormat(path, newer)) = error else {
            Issue.record("refused otherwise: \(String(describing: error))")
            return
        }
        let text = try #require(error.map { "\($0)" })
        #expect(text.contains("format \(newer) is newer than this program, which reads up to format \(newer - 1)"))
    }
}
