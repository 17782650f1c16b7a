import Foundation
import JSONDocument
import Table
import TestSupport
import Testing

@testable import Replay

/// `sessions`, `stats`, and `--session` of the other commands, through the real program.
@Suite struct SessionsCommandTests: PlayedSuite {
    let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    /// An evening of seven events (0 to 6), and two events five hours after it (7 and 8).
    private func playTwoEvenings() async throws {
        try await played.playEvening()
        played.clock.advance(milliseconds: 5 * 3_600_000)
        let table = try played.open()
        _ = try await played.saveScene(on: table, name: "Tavern")
        try await played.act(on: table, "viewer.rotate", "{}", actor: "anna@10.0.0.7")
        table.close()
    }

    @Test func `sessions tells when, who, what and where`() async throws {
        try await playTwoEvenings()
        let text = try await run("sessions")
        #expect(text.code == 0)
        #expect(
            text.output == """
                session 1  Mon 2026-11-23 06:40:00 to 06:46:00 UTC (6 min)
                  events  7 (0 to 6)
                  types   live.changed 3, scene-folder.created 1, scene.deleted 1, scene.saved 1, viewer.blanked 1
                  who     dm@10.0.0.1 6, anna@10.0.0.7 1
                  scenes  Crypt 3, Crypt 2

                session 2  Mon 2026-11-23 11:47:00 to 11:48:00 UTC (1 min)
                  events  2 (7 to 8)
                  types   scene.saved 1, viewer.rotated 1
                  who     anna@10.0.0.7 1, dm@10.0.0.1 1
                  scenes  Tavern 1

                """)
        let local = try await run("sessions", "--session", "2", zone: "Europe/Berlin")
        #expect(local.output.hasPrefix("session 2  Mon 2026-11-23 12:47:00 to 12:48:00 CET (1 min)\n"))
        #expect(!local.output.contains("session 1"))
        #expect(try await run("sessions", "--gap", "6h").output.contains("events  9 (0 to 8)"))
        #expect(try await run("sessions", "--since", "2026-11-23 08:00").output.hasPrefix("session 2"))
    }

    @Test func `sessions as JSON`() async throws {
        try await playTwoEvenings()
        let answer = try JSONValue.parse(text: try await run("sessions", "--json").output.trimmingSpaces())
        #expect(answer["gap"]?.intValue == 7_200_000)
        let second = try #require(answer["sessions"]?[1])
        #expect(second["number"]?.intValue == 2)
        #expect(second["first"]?.intValue == 7)
        #expect(second["start"]?.stringValue == "2026-11-23T11:47:00.000Z")
        #expect(second["length"]?.intValue == 60_000)
        #expect(second["actors"]?[0]?["actor"]?.stringValue == "anna@10.0.0.7")
        #expect(second["scenes"]?[0]?["name"]?.stringValue == "Tavern")
    }

    @Test func `a session limits log and stats, and its ends are moments`() async throws {
        try await playTwoEvenings()
        #expect(try await run("log", "--session", "-1").output.split(separator: "\n").count == 2)
        #expect(try await run("log", "--session=-2").output.split(separator: "\n").count == 7)
        #expect(try await run("log", "--from", "session:2").output.split(separator: "\n").count == 2)
        #expect(try await run("log", "--session", "1", "--from", "5").output.split(separator: "\n").count == 2)
        #expect(
            try await run("state", "--at", "session:1", "--digest").output
                == run("state", "--at", "6", "--digest").output)
        #expect(
            try await run("state", "--at", "session 2 start", "--digest").output
                == run("state", "--at", "6", "--digest").output)
        #expect(try await run("diff", "--session", "-1").output == run("diff", "6", "8").output)
        #expect(try await run("diff", "session:1", "session:2").output == run("diff", "6", "8").output)
        let missing = try await run("log", "--session", "3")
        #expect(missing.code == 1)
        #expect(missing.errors.contains("there is no session 3: this journal holds 2 sessions"))
        let wrong = try await run("log", "--session", "0")
        #expect(wrong.code == 2)
        #expect(wrong.errors.contains("1 is the first, -1 the last"))
        for arguments in [["diff", "1", "--session", "1"], ["diff"], ["log", "--follow", "--session", "1"]] {
            #expect(try await ReplayTool.run(arguments).code == 2, "\(arguments)")
        }
    }

    @Test func `stats counts by type, actor, hour and session`() async throws {
        try await playTwoEvenings()
        let text = try await run("stats")
        #expect(text.code == 0)
        #expect(text.output.hasPrefix("events   9 (0 to 8)\n"))
        #expect(text.output.contains("\nTYPE                  EVENTS"))
        #expect(text.output.contains("\nHOUR                     EVENTS"))
        #expect(text.output.contains("2026-11-23 11:00:00 UTC       2"))
        #expect(text.output.contains("SESSION  START                    LENGTH  EVENTS"))
        let limited = try await run("stats", "--session", "1", "--rows", "1")
        #expect(limited.output.hasPrefix("events   7 (0 to 6)\n"))
        #expect(limited.output.contains("and 4 rarer ones\n"))
        let json = try JSONValue.parse(text: try await run("stats", "--json").output.trimmingSpaces())
        #expect(json["total"]?["events"]?.intValue == 9)
        #expect(json["types"]?[0]?["type"]?.stringValue == "live.changed")
        #expect(json["hours"]?[1]?["start"]?.stringValue == "2026-11-23T11:00:00.000Z")
        #expect(json["sessions"]?[1]?["events"]?.intValue == 2)
        #expect((json["sessions"]?[1]?["documentBytes"]?.intValue ?? 0) > 100)
        #expect(try await run("stats", "--since", "2027-01-01").code == 1)
    }

    @Test func `the picture is written, but not over another file`() async throws {
        try await playTwoEvenings()
        let file = "\(played.folder.path)/timeline.svg"
        let first = try await run("stats", "--svg", file)
        #expect(first.code == 0)
        #expect(first.errors == "wrote \(file)\n")
        let picture = String(decoding: try played.folder.read("timeline.svg"), as: UTF8.self)
        #expect(picture.hasPrefix("<svg ") && picture.hasSuffix("</svg>\n"))
        #expect(picture.contains("session 2 · 2026-11-23"))
        try played.folder.write("mine", to: "timeline.svg")
        let second = try await run("stats", "--svg", file)
        #expect(second.code == 2)
        #expect(second.errors.contains("--force"))
        #expect(try played.folder.read("timeline.svg") == Array("mine".utf8))
        #expect(try await run("stats", "--svg", file, "--force").code == 0)
        #expect(try played.folder.read("timeline.svg") == Array(picture.utf8))
        #expect(try await run("stats", "--force").code == 2)
    }

    @Test func `a journal without events has no sessions`() async throws {
        try played.open().close()
        #expect(try await run("sessions").code == 1)
        #expect(try await run("sessions", "--json").output == "{\"gap\":7200000,\"sessions\":[]}\n")
        #expect(try await run("stats").code == 1)
        #expect(try await run("log", "--last", "3").code == 1)
    }
}
