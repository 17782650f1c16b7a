import Foundation
import JSONDocument
import Table
import Testing

@testable import Replay

/// `restore` of places, as a person or a script meets it, on a journal that no server writes.
@Suite struct RestoreCommandTests: PlayedSuite {
    let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    private func json(_ text: String) throws -> JSONValue { try JSONValue.parse(text: text.trimmingSpaces()) }

    /// Two scenes in a folder (0 and 1), renamed (2 and 3), and one of them deleted (4).
    private func playScenes() async throws -> (source: JournalSource, crypt: String, inn: String) {
        let table = try played.open()
        defer { table.close() }
        func save(_ name: String) async throws -> String {
            let scene = #"{"id":"x","name":"\#(name)","folder":"Act 1"}"#
            let outcome = try await played.act(on: table, "scene.save", scene)
            return try #require(outcome.answer["id"]?.stringValue)
        }
        let (crypt, inn) = (try await save("Crypt"), try await save("Inn"))
        for (id, name) in [(crypt, "Flooded"), (inn, "Burnt")] {
            try await played.act(on: table, "scene.update", #"{"id":"\#(id)","name":"\#(name)","folder":"Act 1"}"#)
        }
        try await played.act(on: table, "scene.delete", #"{"id":"\#(crypt)"}"#)
        return (try played.source(), crypt, inn)
    }

    @Test func `one scene comes back by its name and the others stay`() async throws {
        let (source, crypt, inn) = try await playScenes()
        let looked = try await run("restore", "--to", "1", "scene", "Crypt", "--dry-run")
        #expect(looked.code == 0)
        #expect(looked.output.hasPrefix("+ scene \"Crypt\" was saved"))
        let done = try await run("restore", "--to", "1", "scene", "Crypt", "--yes")
        #expect(done.errors == "/scenes/\(crypt) restored to 1 by event 5\n")
        let document = try source.document(at: 5)
        #expect(document["scenes"]?[crypt] == (try source.document(at: 1))["scenes"]?[crypt])
        #expect(document["scenes"]?[inn]?["name"] == "Burnt")
        let event = try json(try await run("show", "5", "--json").output)
        #expect(event["data"] == ["to": 1, "paths": [.string("/scenes/\(crypt)")]])
        let again = try await run("restore", "--to", "1", "--scene", "Crypt", "--yes")
        #expect(again.code == 1 && again.errors.contains("is already as it was at 1"))
    }

    @Test func `several places are named by options, by either of their names`() async throws {
        let (source, crypt, inn) = try await playScenes()
        let done = try await run(
            "restore", "--to", "1", "--scene", "Burnt", "--path", "/scenes/\(crypt)/name", "--yes", "--json")
        #expect(done.code == 0)
        let report = try json(done.output)
        #expect(report["asked"]?["paths"] == [.string("/scenes/\(inn)"), .string("/scenes/\(crypt)/name")])
        #expect(report["event"] == 5 && report["newest"] == 4)
        #expect(try source.document(at: 5)["scenes"]?[inn]?["name"] == "Inn")
        #expect(
            try source.document(at: 5)["scenes"]?[crypt]?["name"] == "Crypt", "the scene came along with its name")
    }

    @Test func `a folder comes back with what was in it`() async throws {
        let (source, crypt, inn) = try await playScenes()
        #expect(try await run("restore", "--to", "1", "folder", "Act 1", "--yes").code == 0)
        let (now, then) = (try source.document(at: 5), try source.document(at: 1))
        #expect(Set(now["scenes"]?.members?.map(\.key) ?? []) == [crypt, inn])
        #expect(now["scenes"]?[inn] == then["scenes"]?[inn] && now["scenes"]?[crypt] == then["scenes"]?[crypt])
    }

    @Test func `a token is found by its name, whatever its index`() async throws {
        let source = try await played.playEvening()
        let done = try await run("restore", "--to", "1", "token", "Goblin 3", "--yes")
        #expect(done.code == 0)
        #expect(done.output == "~ Goblin 3 moved (7,5) → (4,5)\n")
        #expect(try source.document(at: 7)["viewer"]?["blank"] == true)
    }

    @Test func `what is nowhere is 1, what is no place is 2`() async throws {
        try await played.playEvening()
        #expect(try await run("restore", "--to", "1", "scene", "Tavern", "--yes").code == 1)
        #expect(try await run("restore", "--to", "1", "--path", "/scenes/none", "--yes").code == 1)
        #expect(try await run("restore", "--to", "1", "--path", "scenes", "--yes").code == 2)
        #expect(try await run("restore", "--to", "1", "castle", "Crypt", "--yes").code == 2)
        #expect(try await run("restore", "--to", "1", "--json").code == 2)
    }

    @Test func `a map whose content was pruned is named, and can be left out`() async throws {
        let table = try played.open()
        let blobs = try ["old", "other"].map { text in
            let upload = try table.blobs.makeUpload()
            try upload.append(Array(text.utf8))
            let (sha256, size) = try upload.finish()
            return BlobReference(sha256: sha256, size: size, mediaType: "image/png")
        }
        for (name, blob) in zip(["a.png", "b.png"], blobs) {
            let command = Command.mapUpload(folder: "Act 1", name: name, blob: blob)
            _ = try await table.submit(CommandRequest(command, actor: "dm"))
        }
        for name in ["a.png", "b.png"] { try await played.act(on: table, "map.delete", #"{"path":"Act 1/\#(name)"}"#) }
        table.close()
        let source = try played.source()
        try FileManager.default.removeItem(atPath: source.blobs.path(blobs[0].sha256))
        for arguments in [["--dry-run"], ["--yes"], ["--yes", "folder", "maps/Act 1"]] {
            let refused = try await ReplayTool.run(["restore", "--journal", played.journal, "--to", "1"] + arguments)
            #expect(refused.code == 1)
            #expect(refused.errors.contains("/maps/Act 1~1a.png: blobs/sha256/…/\(blobs[0].sha256)"))
        }
        #expect(try source.newest() == 3)
        #expect(try await run("undo", "2", "--yes").errors.contains(blobs[0].sha256))
        #expect(try await run("restore", "--to", "1", "--without-missing-files", "--yes").code == 0)
        #expect(try source.document(at: 4)["maps"]?.members?.map(\.key) == ["Act 1/b.png"])
    }
}
