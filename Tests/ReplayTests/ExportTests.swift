import Foundation
import JSONDocument
import Journal
import Table
import Testing

@testable import Replay

/// `export` as a document, as events and as a table of rows.
@Suite struct ExportTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private func run(_ arguments: String...) async throws -> ReplayTool.Result {
        try await ReplayTool.run(["export", "--journal", played.journal] + arguments)
    }

    private var target: String { "\(played.folder.path)/out" }

    private func left() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: played.folder.path).sorted()
    }

    private func lines(_ range: ClosedRange<Int64>, of source: JournalSource) throws -> [UInt8] {
        var lines: [UInt8] = []
        for offset in range { lines += try source.event(at: offset).line + [0x0A] }
        return lines
    }

    @Test func `events are the journal's lines, byte for byte`() async throws {
        let source = try await played.playEvening()
        #expect(try await run("--as", "events", "--to", target).output.hasPrefix("wrote 7 events, "))
        #expect(try played.folder.read("out") == (try lines(0...6, of: source)))
        let part = try await run("--as", "events", "--from", "2", "--through", "3", "--to", "-")
        #expect(Array(part.output.utf8) == (try lines(2...3, of: source)))
        #expect(try await run("--as", "events", "--from", "9", "--to", "-").code == 1)
    }

    @Test func `a document is that of the moment`() async throws {
        let source = try await played.playEvening()
        let result = try await run("--as", "document", "--at", "3", "--to", "-")
        #expect(result.output == (try source.document(at: 3).text) + "\n")
        #expect(try await run("--as", "document", "--to", target, "--json").code == 0)
        #expect(try JSONValue.parse(try played.folder.read("out").dropLast()) == source.document(at: 6))
    }

    @Test func `rows have a header, times in UTC and every place that was changed`() async throws {
        let source = try await played.playEvening()
        let output = try await run("--as", "csv", "--to", "-").output
        let rows = output.components(separatedBy: "\r\n")
        #expect(rows.count == 9 && rows[0] == "offset,time,type,actor,command,paths,data" && rows[8] == "")
        let event = try source.event(at: 5)
        #expect(
            rows[6] == "5,\(event.envelope.time.rfc3339),scene-folder.created,dm@10.0.0.1,,"
                + #""[""/sceneFolders/Act 1""]",{}"#)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@sum", "'@sum"), ("\t=1", "'\t=1"), ("＝1", "'＝1"),
        (" =cmd|' /C calc'!A0", "' =cmd|' /C calc'!A0"), ("a=1", "a=1"), ("", ""), ("{\"a\":1}", "\"{\"\"a\"\":1}\""),
        ("=\"a\",b", "\"'=\"\"a\"\",b\""), ("a\r\nb", "\"a\r\nb\""), ("it's", "it's"),
    ])
    func `no cell is a formula, and each reads back as one cell`(text: String, cell: String) {
        #expect(EventCSV.cell(text) == cell)
    }

    @Test func `a file is replaced only by force, and nothing is left of one that failed`() async throws {
        try await played.playEvening()
        try played.folder.write("mine", to: "out")
        for form in ["events", "csv", "document", "archive"] {
            let refused = try await run("--as", form, "--to", target)
            #expect(refused.code == 2 && refused.errors.contains("--force"))
            #expect(try played.folder.read("out") == Array("mine".utf8))
        }
        #expect(try await run("--as", "events", "--to", target, "--force").code == 0)
        #expect(try played.folder.read("out").count > 100)
        #expect(try await run("--as", "csv", "--to", "\(target)/nowhere/x").code == 3)
        #expect(try left() == ["journal", "out"])
    }

    @Test func `two that write one file don't mix, and the last one stays whole`() throws {
        let files = PosixFileSystem()
        let one = try StagedFile(target, overwrites: true, fileSystem: files)
        try one.append(Array("one and ".utf8))
        let other = try StagedFile(target, overwrites: true, fileSystem: files)
        try other.append(Array("two".utf8))
        try one.append(Array("more".utf8))
        try one.finish()
        #expect(try played.folder.read("out") == Array("one and more".utf8))
        try other.finish()
        #expect(try played.folder.read("out") == Array("two".utf8))
        #expect(try left() == ["out"])
    }

    @Test func `no link is followed, neither in the place nor beside it`() throws {
        try played.folder.write("precious", to: "elsewhere")
        let elsewhere = "\(played.folder.path)/elsewhere"
        for name in ["out.partial.tmp", "out.partial-\(WriterProbe.ownProcess)-0.tmp"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(played.folder.path)/\(name)", withDestinationPath: elsewhere)
        }
        let file = try StagedFile(target, overwrites: true, fileSystem: PosixFileSystem())
        try file.append(Array("new".utf8))
        try file.finish()
        #expect(try played.folder.read("out") == Array("new".utf8))
        try FileManager.default.removeItem(atPath: target)
        try FileManager.default.createSymbolicLink(atPath: target, withDestinationPath: elsewhere)
        let error = #expect(throws: ReplayError.self) {
            try StagedFile(target, overwrites: true, fileSystem: PosixFileSystem())
        }
        #expect("\(try #require(error))".contains("no ordinary file"))
        #expect(try played.folder.read("elsewhere") == Array("precious".utf8))
    }

    @Test func `a name as long as the disk takes can be written`() throws {
        let long = "\(played.folder.path)/\(String(repeating: "ü", count: 127))"
        let file = try StagedFile(long, overwrites: false, fileSystem: PosixFileSystem())
        try file.finish()
        #expect(FileManager.default.fileExists(atPath: long))
    }

    @Test func `what makes no sense is refused before anything is read`() async throws {
        for arguments in [
            ["--as", "events", "--at", "3", "--to", "-"], ["--as", "document", "--from", "3", "--to", "-"],
            ["--as", "archive", "--to", "-"], ["--to", "-"], ["--as", "csv", "--to", "-", "--json"],
        ] {
            #expect(
                try await ReplayTool.run(["export", "--journal", played.journal] + arguments).code == 2, "\(arguments)")
        }
    }
}
