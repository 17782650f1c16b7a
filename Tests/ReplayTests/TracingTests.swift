import Foundation
import JSONDocument
import Journal
import Table
import Testing

@testable import Replay

/// blame, history, bisect and diff through the real program, over a real journal.
@Suite struct TracingTests: PlayedSuite {
    let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private func lines(_ result: ReplayTool.Result) throws -> [JSONValue] {
        try result.output.split(separator: "\n").map { try JSONValue.parse(text: String($0)) }
    }

    /// 0 scene saved, 1 put on the table by dm, 2 moved by anna, 3 a token laid below, 4 moved by ben, 5 hurt by dm,
    /// 6 another scene on the table, 7 the first again, 8 token removed.
    private func playFight() async throws {
        let table = try played.open()
        defer { table.close() }
        func live(_ id: String, _ maps: String, hp: Int = 7) -> String {
            #"{"scene":{"id":"\#(id)","name":"\#(id)","maps":[\#(maps)],"initiativeOrder":[{"id":"f","name":"Brom","hp":\#(hp)}]}}"#
        }
        func token(_ name: String, _ x: Int) -> String { #"{"name":"\#(name)","data":{"position":{"x":\#(x),"y":5}}}"# }
        func patch(_ operations: String) -> String { #"{"patch":[\#(operations)]}"# }
        _ = try await played.saveScene(on: table, name: "Inn")
        try await played.act(on: table, "live.change", live("Crypt", token("Goblin 3", 4)))
        try await played.act(on: table, "live.change", patch(PlayedTable.moved(x: 5)), actor: "anna@10.0.0.7")
        try await played.act(
            on: table, "live.change", patch(#"{"op":"add","path":"/live/maps/0","value":\#(token("Rug", 1))}"#))
        try await played.act(
            on: table, "live.change", patch(#"{"op":"replace","path":"/live/maps/1/data/position/x","value":7}"#),
            actor: "ben@10.0.0.8")
        try await played.act(
            on: table, "live.change", patch(#"{"op":"replace","path":"/live/initiativeOrder/0/hp","value":3}"#))
        try await played.act(
            on: table, "live.change",
            patch(#"{"op":"replace","path":"/live","value":{"id":"Other","name":"Other","maps":[]}}"#))
        let again = #"{"id":"Crypt","name":"Crypt","maps":[\#(token("Goblin 3", 7)),\#(token("Rug", 1))]}"#
        try await played.act(on: table, "live.change", patch(#"{"op":"replace","path":"/live","value":\#(again)}"#))
        try await played.act(on: table, "live.change", patch(#"{"op":"remove","path":"/live/maps/0"}"#))
    }

    @Test func `blame names who wrote each part`() async throws {
        try await playFight()
        let text = try await run("blame", "token", "goblin 3", "--at", "5")
        #expect(text.code == 0)
        let rows = text.output.split(separator: "\n").map(String.init)
        #expect(rows.count == 3)
        #expect(rows[0].hasPrefix("1  2026-11-23 06:41:00 UTC  live.changed  dm@10.0.0.1"))
        #expect(rows[0].hasSuffix("name             \"Goblin 3\""))
        #expect(rows[1].hasPrefix("4  2026-11-23 06:44:00 UTC  live.changed  ben@10.0.0.8"))
        #expect(rows[1].hasSuffix("data/position/x  7"))
        let json = try #require(try lines(await run("blame", "live", "--at", "5", "--json")).first)
        #expect(json["place"]?.stringValue == "live" && json["at"]?.intValue == 5)
        let parts = json["parts"]?.elements ?? []
        let hp = try #require(parts.first { $0["pointer"]?.stringValue == "/live/initiativeOrder/0/hp" })
        #expect(hp["offset"]?.intValue == 5 && hp["value"]?.intValue == 3)
        let shallow = try await run("blame", "live", "--at", "5", "--depth", "0")
        #expect(shallow.output.contains("(and 3 older events)"))
        #expect(try await run("blame", "/viewer").output.contains("older than the journal"))
        #expect(try await run("blame", "token", "Dragon").code == 1)
        #expect(try await run("blame", "dragon").code == 2)
        #expect(try await run("blame").code == 2)
        #expect(try await run("blame", "live", "--depth=-1").code == 2)
    }

    @Test func `blame is the same whether a snapshot says where to look or not`() async throws {
        let table = try played.open(snapshotEveryEvents: 3)
        _ = try await played.saveScene(on: table, name: "Inn")
        try await played.act(on: table, "live.change", #"{"scene":\#(PlayedTable.live(x: 0))}"#)
        for x in 1...20 { try await played.act(on: table, "live.change", #"{"patch":[\#(PlayedTable.moved(x: x))]}"#) }
        try await played.act(on: table, "scene-folder.create", #"{"path":"Act 1"}"#)
        try await played.act(on: table, "scene-folder.rename", #"{"path":"Act 1","newName":"Act 2"}"#)
        table.close()
        let source = try played.source()
        let newest = try source.newest()
        for at in [newest, newest - 1, 12] {
            let document = try source.document(at: at)
            for name in ["scene Inn", "live", "table", "viewer", "folder 'Act 2'"] {
                let isThere = name != "folder 'Act 2'" || document["sceneFolders"]?["Act 2"] != nil
                guard isThere else { continue }
                let place = try PlaceName.parse([name]).resolve(in: document).main
                let texts = try [true, false].map { useSnapshots in
                    try Blame.gather(
                        source, place, in: document, at: at, useSnapshots: useSnapshots, progress: { _ in }
                    ).json(depth: .max).text
                }
                #expect(texts[0] == texts[1], "\(name) at \(at)")
            }
        }
        let inn = try await run("blame", "scene", "Inn")
        #expect(inn.output.hasPrefix("0  2026-11-23 06:40:00 UTC  scene.saved  dm@10.0.0.1"))
    }

    @Test func `members that one event wrote are one line unless each is asked for`() async throws {
        try await playFight()
        let grouped = try await run("blame", "live", "--at", "5")
        func rows(_ result: ReplayTool.Result) -> [[Substring]] {
            result.output.split(separator: "\n").map { $0.split(separator: " ") }.filter { row in
                row.contains { $0.hasPrefix("initiativeOrder[Brom]") }
            }
        }
        #expect(
            rows(grouped).map { $0.dropFirst(6).joined(separator: " ") } == [
                "initiativeOrder[Brom] id, name", "initiativeOrder[Brom]/hp 3",
            ])
        let each = try await run("blame", "live", "--at", "5", "--each")
        #expect(
            rows(each).map { $0.dropFirst(6).joined(separator: " ") } == [
                "initiativeOrder[Brom]/id \"f\"", "initiativeOrder[Brom]/name \"Brom\"", "initiativeOrder[Brom]/hp 3",
            ])
    }

    @Test func `history follows a token by its name`() async throws {
        try await playFight()
        let result = try await run("history", "token", "Goblin 3", "--at", "4", "--json")
        let entries = try lines(result)
        #expect(entries.map { $0["offset"]?.intValue } == [1, 2, 4, 6, 7, 8])
        #expect(
            entries.map { $0["kind"]?.stringValue } == [
                "created", "changed", "changed", "removed", "created", "removed",
            ])
        #expect(entries[2]["pointer"]?.stringValue == "/live/maps/1")
        #expect(entries[2]["changes"]?[0]?["text"]?.stringValue == "Goblin 3 moved (5,5) → (7,5)")
        let x = try await run("history", "/live/maps/1/data/position/x", "--at", "4", "--last", "2")
        #expect(x.output.split(separator: "\n").count == 2)
        #expect(x.output.contains("8  2026-11-23 06:48:00 UTC  live.changed  dm@10.0.0.1  removed was 7"))
        let text = try await run("history", "token Goblin 3", "--at", "2")
        #expect(
            text.output.contains("live.changed  anna@10.0.0.7  changed\n          ~ Goblin 3 moved (4,5) → (5,5)\n"))
        #expect(try await run("history", "viewer").code == 1)
        let gone = try await run("history", "token", "Goblin 3", "--last", "1")
        #expect(gone.code == 0 && gone.output.contains("removed"))
        #expect(
            gone.errors == "It is gone since event 8 (live.changed, dm@10.0.0.1, 2026-11-23 06:48:00 UTC); "
                + "this is what was there after event 7.\n")
        #expect(try await run("history", "live", "--last", "0").code == 2)
        let many = try await run("history", "live", "--last", String(Int.max))
        #expect(many.output == (try await run("history", "live").output))
    }

    @Test func `what isn't there at a moment that was said is told with one at which it was`() async throws {
        try await playFight()
        for command in ["blame", "history"] {
            for at in ["6", "8"] {
                let gone = try await run(command, "token", "Goblin 3", "--at", at)
                let event = at == "8" ? "8 (live.changed, dm@10.0.0.1, 2026-11-23 06:48:00 UTC)" : "6 (live.changed"
                #expect(gone.code == 1 && gone.output == "")
                #expect(gone.errors.contains("there is no token \"Goblin 3\" at that moment"))
                #expect(gone.errors.contains("\n  It was there last before event \(event)"))
                #expect(gone.errors.hasSuffix("give --at \(at == "8" ? 7 : 5).\n"))
            }
            let later = try await run(command, "token", "Rug", "--at", "0")
            #expect(later.code == 1 && later.errors.hasSuffix("\n  It is there now: leave --at away.\n"))
            let never = try await run(command, "token", "Dragon", "--at", "0")
            #expect(never.code == 1 && !never.errors.contains("there last") && !never.errors.contains("there now"))
        }
    }

    @Test func `history prints what it finds before it gets to damage, but for the newest few`() async throws {
        let options = JournalOptions(frameByteCount: 1, segmentByteCount: 1)
        try await played.playEvening(journal: options)
        let segment = "journal/default/\(JournalFolder.segmentName(base: 3))"
        try played.folder.flipByte(segment, at: try played.folder.read(segment).count - 5)
        let result = try await run("history", "live", "--at", "2", "--json")
        #expect(result.code == 3)
        #expect(try lines(result).map { $0["offset"]?.intValue } == [1, 2])
        let newest = try await run("history", "live", "--at", "2", "--json", "--last", "5")
        #expect(newest.code == 3 && newest.output == "")
    }

    @Test func `history follows a folder through its renames`() async throws {
        let table = try played.open()
        try await played.act(on: table, "scene-folder.create", #"{"path":"Act 1"}"#)
        try await played.act(on: table, "scene-folder.rename", #"{"path":"Act 1","newName":"Act 2"}"#)
        try await played.act(on: table, "scene-folder.delete", #"{"path":"Act 2"}"#)
        table.close()
        for (name, at) in [("Act 2", "1"), ("Act 1", "0")] {
            let entries = try lines(await run("history", "folder", name, "--at", at, "--json"))
            #expect(entries.map { $0["kind"]?.stringValue } == ["created", "moved", "removed"], "\(name)")
            #expect(
                entries.map { $0["pointer"]?.stringValue }.dropFirst() == [
                    "/sceneFolders/Act 2", "/sceneFolders/Act 2",
                ])
        }
    }

    @Test func `bisect finds the first event after which a condition holds`() async throws {
        try await playFight()
        func offsets(_ condition: String, _ more: String...) async throws -> [Int?] {
            let found = try await ReplayTool.run(
                ["bisect", "--journal", played.journal, "--when", condition, "--json"] + more)
            return try lines(found).map { $0["offset"]?.intValue }
        }
        #expect(try await offsets("/live/initiativeOrder/0/hp < 5") == [5])
        #expect(try await offsets("live/name == 'Crypt'") == [1])
        #expect(try await offsets("live/name == 'Crypt'", "--changes") == [1, 6, 7])
        #expect(try await offsets("live/name == 'Crypt'", "--from", "7") == [7])
        #expect(try await offsets("live/name == 'Crypt'", "--session", "1") == [1])
        #expect(try await offsets("token('Goblin 3')/data/position/x >= 5", "--through", "5") == [2])
        #expect(try await offsets("not exists token('Goblin 3')", "--from", "8") == [8])
        #expect(try await offsets("count(/scenes) > 0 and not exists /live/maps/1", "--from", "5") == [6])
        let already = try await run("bisect", "--when", "live/name == 'Crypt'", "--from", "4")
        #expect(already.code == 0 && already.output == "it holds already after event 3, where the range begins\n")
        #expect(already.errors.contains("--changes") && already.errors.contains("--session"))
        let never = try await run("bisect", "--when", "/viewer/blank")
        #expect(never.code == 1 && never.errors == "spell-replay: it holds at no moment of the range\n")
        let text = try await run("bisect", "--when", "live/name == 'Other'")
        #expect(text.output.hasPrefix("    6  2026-11-23 06:46:00 UTC  live.changed"))
        let wrong = try await run("bisect", "--when", "/viewer/blank ==")
        #expect(wrong.code == 2)
        #expect(wrong.errors.contains("/viewer/blank ==\n                  ^"))
        #expect(try await run("bisect", "--when", "token('Dragon')/hp > 1").code == 1)
        #expect(try await run("bisect", "--when", "/viewer", "--from", "5", "--through", "2").code == 2)
    }

    @Test func `diff tells, counts and patches`() async throws {
        try await playFight()
        let text = try await run("diff", "1", "5")
        #expect(
            text.output == """
                + Rug appeared
                ~ Goblin 3 moved (4,5) → (7,5)
                ~ Brom was hurt by 4: hp 7 → 3

                """)
        #expect(
            try await run("diff", "1", "5", "--stat").output == "1  token.appeared\n1  token.hurt\n1  token.moved\n")
        #expect(
            try await run("diff", "1", "5", "--stat", "--json").output
                == #"{"token.appeared":1,"token.hurt":1,"token.moved":1}"# + "\n")
        #expect(try await run("diff", "1", "5", "--patch").output == (try await run("diff", "1", "5", "--json").output))
        let one = try await run("diff", "1", "5", "--path", "token Brom")
        #expect(one.output == "~ Brom was hurt by 4: hp 7 → 3\n")
        let gone = try await run("diff", "5", "8", "--path", "token \"Goblin 3\"")
        #expect(gone.output.contains("Goblin 3 was removed"))
        #expect(try await run("diff", "1", "1").code == 1)
        #expect(try await run("diff", "1", "1", "--stat").code == 1)
        #expect(try await run("diff", "1", "2", "--stat", "--patch").code == 2)
        #expect(try await run("diff", "1", "5", "--path", "dragon").code == 2)
    }
}
