import Foundation
import JSONDocument
import Journal
import Table
import Testing

@testable import Replay

/// The executable as a person or a script meets it: output, errors and exit codes.
@Suite struct CommandLineTests: PlayedSuite {
    let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    @Test(arguments: [
        "info", "log", "show", "state", "diff", "sessions", "stats", "blame", "history", "bisect", "verify", "repair",
        "restore", "undo", "redo", "import", "export", "fork", "archive", "prune",
    ])
    func `help teaches with examples that fit a terminal`(command: String) async throws {
        let help = try await ReplayTool.run("help", command)
        #expect(help.code == 0)
        #expect(help.errors == "")
        #expect(help.output.contains("EXAMPLES\n  spell-replay \(command)"))
        let examples = help.output.split(separator: "\n").filter { $0.hasPrefix("  spell-replay") }
        #expect(!examples.isEmpty && examples.allSatisfy { $0.count <= 80 })
    }

    @Test func `info says what the journal holds`() async throws {
        try await played.playEvening()
        let text = try await run("info")
        #expect(text.code == 0)
        #expect(text.output.contains("events      7 (0 to 6)\n"))
        #expect(text.output.contains("holds       0 scenes, 1 sceneFolders"))
        #expect(text.output.contains("written by  nobody right now\n"))
        let json = try JSONValue.parse(text: try await run("info", "--json").output.trimmingSpaces())
        #expect(json["newest"]?.intValue == 6)
        #expect(json["first"]?.intValue == 0)
        let document = try played.source().document(at: 6)
        #expect(json["digest"]?.stringValue == DocumentDigest.compute(document))
        #expect(json["segments"]?[0]?["name"]?.stringValue == JournalFolder.segmentName(base: 0))
    }

    @Test func `info names the process that writes`() async throws {
        let table = try played.open()
        defer { table.close() }
        #expect(
            try await run("info").output.contains("written by  process \(ProcessInfo.processInfo.processIdentifier)"))
    }

    @Test func `log filters, and answers 1 where nothing matches`() async throws {
        try await played.playEvening()
        let all = try await run("log")
        #expect(all.code == 0)
        #expect(all.output.split(separator: "\n").count == 7)
        let scenes = try await run("log", "--type", "scene.*", "--last", "1")
        #expect(scenes.output.hasPrefix("    6  2026-11-23 06:46:00 UTC  scene.deleted"))
        let ranged = try await run("log", "--since", "2026-11-23 06:41", "--until", "2026-11-23T06:43:30Z", "--json")
        #expect(
            try ranged.output.split(separator: "\n").map { try JSONValue.parse(text: String($0))["offset"]?.intValue }
                == [1, 2, 3])
        let newest = try await run("log", "--from", "-2")
        #expect(newest.output.split(separator: "\n").count == 2)
        let none = try await run("log", "--actor", "nobody")
        #expect(none.code == 1)
        #expect(none.output == "")
        #expect(none.errors == "spell-replay: no event matches\n")
    }

    @Test func `log --json is the journal's lines, byte for byte`() async throws {
        let source = try await played.playEvening()
        let lines = try await run("log", "--json").output
        var expected = ""
        for offset in Int64(0)...6 {
            expected += String(decoding: try source.event(at: offset).line, as: UTF8.self) + "\n"
        }
        #expect(lines == expected)
    }

    @Test func `log --follow shows a new event`() async throws {
        try await played.playEvening()
        let folder = try TemporaryFolder()
        let process = try ReplayTool.Run(
            ["log", "--journal", played.journal, "--from", "-1", "--follow", "--json"], in: folder)
        // Its first line says that it is there and following.
        _ = try await process.output { $0.hasSuffix("\n") }
        let table = try played.open()
        try await played.act(on: table, "viewer.rotate", "{}")
        let seen = try await process.output { $0.split(separator: "\n").count == 2 && $0.hasSuffix("\n") }
        process.terminate()
        await process.ended()
        table.close()
        let types = try seen.split(separator: "\n").map { try JSONValue.parse(text: String($0))["type"]?.stringValue }
        #expect(types == ["scene.deleted", "viewer.rotated"])
    }

    @Test func `show tells who, when and each value before and after`() async throws {
        try await played.playEvening()
        let shown = try await run("show", "3")
        #expect(shown.code == 0)
        #expect(shown.output.contains("type   live.changed\n"))
        #expect(shown.output.contains("actor  dm@10.0.0.1\n"))
        #expect(shown.output.hasSuffix("~ /live/maps/0/data/position/x  5 → 7  (Goblin 3)\n"))
        #expect(try await run("show", "-4").output == shown.output)
        #expect(try await run("show", "2026-11-23 06:43").output == shown.output)
        let missing = try await run("show", "7")
        #expect(missing.code == 1)
        #expect(missing.errors.contains("no event 7: this journal holds 0 to 6"))
    }

    @Test func `state is the canonical document of the moment`() async throws {
        let source = try await played.playEvening()
        let then = try source.document(at: 2)
        let compact = try await run("state", "--at", "2", "--compact")
        #expect(compact.output == String(decoding: then.canonicalForm(), as: UTF8.self) + "\n")
        let pretty = try await run("state", "--at", "2")
        #expect(try JSONValue.parse(text: pretty.output.trimmingSpaces()) == then)
        #expect(pretty.output.hasPrefix("{\n  \"audio\": {\n    \"music\": null\n  },\n"))
        #expect(try await run("state", "--at", "2", "--digest").output == DocumentDigest.compute(then) + "\n")
        #expect(try await run("state", "--at", "2", "--json").output == pretty.output)
        let digest = try await run("state", "--at", "-5", "--digest", "--json").output.trimmingSpaces()
        #expect(
            try JSONValue.parse(text: digest) == ["offset": 2, "digest": .string(DocumentDigest.compute(then))])
        #expect(try await run("state", "--at", "2", "--path", "/live/maps/0/data/position/x").output == "5\n")
        #expect(try await run("state", "--path", "/nothing").code == 1)
        #expect(try await run("state", "--no-snapshots").output == (try await run("state").output))
        #expect(try await run("state", "--at", "start", "--compact").output.contains(#""live":null"#))
    }

    @Test func `diff is text for people and a patch for programs`() async throws {
        let source = try await played.playEvening()
        let text = try await run("diff", "1", "3")
        #expect(text.output == "~ Goblin 3 moved (4,5) → (7,5)\n")
        let json = try await run("diff", "start", "-1", "--json")
        var document = try source.document(at: -1)
        try document.apply(try JSONPatch(JSONValue.parse(text: json.output.trimmingSpaces())))
        #expect(document == (try source.document(at: 6)))
        let none = try await run("diff", "2", "2")
        #expect(none.code == 1)
        #expect(none.errors == "spell-replay: nothing differs\n")
        #expect(
            try await run("diff", "1", "4", "--path", "/viewer").output == "~ the viewers' screens were blanked\n")
    }

    @Test func `restore then state is the old state`() async throws {
        try await played.playEvening()
        let then = try await run("state", "--at", "2", "--digest").output
        let looked = try await run("restore", "--to", "2", "--dry-run")
        #expect(looked.code == 0)
        #expect(looked.output.contains("~ Goblin 3 moved (7,5) → (5,5)\n"))
        let unasked = try await run("restore", "--to", "2")
        #expect(unasked.code == 2)
        #expect(unasked.errors.contains("--yes"))
        #expect(try await run("info", "--json").output.contains(#""newest":6"#))
        let done = try await run("restore", "--to", "2", "--yes")
        #expect(done.code == 0)
        #expect(done.errors == "restored to 2 by event 7\n")
        #expect(try await run("state", "--digest").output == then)
        let event = try JSONValue.parse(text: try await run("show", "7", "--json").output.trimmingSpaces())
        #expect(event["type"]?.stringValue == "table.restored")
        #expect(event["actor"]?.stringValue == "tester@spell-replay")
        #expect(try await run("restore", "--to", "2", "--yes").code == 1)
        #expect(try await run("verify").code == 0)
    }

    @Test func `restore is refused while somebody writes, and says how to do it`() async throws {
        try await played.playEvening()
        let table = try played.open()
        defer { table.close() }
        let refused = try await run("restore", "--to", "2", "--yes")
        #expect(refused.code == 3)
        #expect(refused.errors.contains("is writing this journal"))
        #expect(refused.errors.contains("--server URL"))
        #expect(table.committed.offset == 6)
    }

    @Test func `an unreachable server is an error that says so`() async throws {
        let refused = try await run("restore", "--to", "2", "--yes", "--server", "http://127.0.0.1:9")
        #expect(refused.code == 3)
        #expect(refused.errors.contains("http://127.0.0.1:9 can't be reached"))
        #expect(try await run("restore", "--to", "2", "--server", "here").code == 2)
    }

    @Test func `wrong usage is 2, with help on standard error`() async throws {
        for arguments in [
            ["nonsense"], ["log", "--bogus"], ["show"], ["diff", "1"], ["log", "--last", "0"],
            ["log", "--follow", "--until", "now"], ["state", "--digest", "--compact"], ["export"],
            ["log", "--journal", ""], ["fork", "--to", ""], ["archive", "--before", "1", "--to", "", "--yes"],
            ["archive", "--before", "1", "--json"], ["import", "--from", "x.zip", "--gap", "3h"],
            ["import", "--from", ""],
        ] {
            let result = try await ReplayTool.run(arguments)
            #expect(result.code == 2, "\(arguments)")
            #expect(result.output == "" && result.errors.hasPrefix("Error: "), "\(arguments)")
        }
        try await played.playEvening()
        let badTime = try await run("log", "--since", "soon")
        #expect(badTime.code == 2)
        #expect(badTime.errors.contains("yesterday 21:30"))
        #expect(try await run("log", "--path", "live").code == 2)
    }

    @Test func `a journal without events is read by every command`() async throws {
        try played.open().close()
        #expect(try await run("info").output.contains("events      none yet\n"))
        #expect(try await run("log").code == 1)
        #expect(try await run("show", "-1").code == 1)
        #expect(
            try await run("state", "--digest").output == DocumentDigest.compute(TableDocument.empty) + "\n")
        #expect(try await run("diff", "start", "now").code == 1)
        #expect(try await run("verify").code == 0)
        #expect(try await run("restore", "--to", "start", "--yes").code == 1)
    }

    @Test func `no journal is 3, with what would be right`() async throws {
        for command in [["info"], ["log"], ["show", "1"], ["state"], ["diff", "1", "2"], ["verify"]] {
            let result = try await ReplayTool.run(command + ["--journal", played.journal])
            #expect(result.code == 3, "\(command)")
            #expect(result.errors.contains("--journal DIR"), "\(command)")
        }
    }

    @Test func `a reader that goes away ends it quietly`() async throws {
        let table = try played.open()
        _ = try await played.saveScene(on: table)
        try await played.act(on: table, "live.change", #"{"scene":\#(PlayedTable.live(x: 0))}"#)
        for x in 1...600 { try await played.act(on: table, "live.change", #"{"patch":[\#(PlayedTable.moved(x: x))]}"#) }
        table.close()
        let tool = try ReplayTool.executable().path
        let shell = try ReplayTool.Run(
            ["-c", "set -o pipefail; '\(tool)' log --json --journal '\(played.journal)' | head -n 1"],
            in: try TemporaryFolder(), executable: URL(fileURLWithPath: "/bin/bash"))
        await shell.ended()
        let result = try shell.result()
        #expect(result.code == 0)
        #expect(result.output.hasPrefix(#"{"offset":0,"#))
        #expect(result.errors == "")
    }

    @Test func `what isn't a terminal gets no colours and no progress bar`() async throws {
        try await played.playEvening()
        for command in [["log"], ["info"], ["verify"], ["show", "3"], ["diff", "1", "3"]] {
            let result = try await ReplayTool.run(
                command + ["--journal", played.journal], environment: ["TERM": "xterm"])
            #expect(!(result.output + result.errors).contains("\u{1B}"), "\(command)")
        }
    }
}
