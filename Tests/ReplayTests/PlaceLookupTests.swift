import JSONDocument
import Table
import TestSupport
import Testing

@testable import Replay

@Suite struct PlaceLookupTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    /// An evening with a map that is deleted in the next one.
    private func playDeletion() async throws -> JournalSource {
        let table = try played.open()
        _ = try await played.uploadMap("crypt.png", "crypt", on: table)
        try await played.act(on: table, "viewer.blank", "{}")
        played.clock.advance(milliseconds: 24 * 3_600_000)
        try await played.act(on: table, "map.delete", #"{"name":"crypt.png"}"#)
        table.close()
        return try played.source()
    }

    private func find(_ name: String, at moment: Moment?, in source: JournalSource) throws -> PlaceLookup.Found {
        try PlaceLookup(source, useSnapshots: true)
            .find(try PlaceName.parse([name]), at: moment, progress: { _ in })
    }

    @Test func `what is gone is found as it last was, with the event that took it away`() async throws {
        let source = try await playDeletion()
        let found = try find("map crypt.png", at: nil, in: source)
        #expect(found.goneSince?.offset == 2 && found.goneSince?.type == "map.deleted")
        #expect(found.offset == 1)
        #expect(found.document.value(at: found.place.pointer) != nil)
    }

    /// Only the ends of sessions were looked at.
    @Test(arguments: [true, false])
    func `what came and went within one evening is found`(useSnapshots: Bool) async throws {
        let table = try played.open(snapshotEveryEvents: 7)
        try await played.act(on: table, "live.change", #"{"scene":\#(PlayedTable.live(x: 0))}"#)
        func change(_ operation: String) async throws {
            try await played.act(on: table, "live.change", #"{"patch":[\#(operation)]}"#)
        }
        for x in 1...20 { try await change(PlayedTable.moved(x: x)) }
        try await change(#"{"op":"add","path":"/live/maps/0","value":{"id":7,"name":"Löwe \"A\"","data":{"x":0}}}"#)
        for x in 1...70 { try await change(#"{"op":"replace","path":"/live/maps/0/data/x","value":\#(x)}"#) }
        try await change(#"{"op":"remove","path":"/live/maps/0"}"#)
        for x in 1...40 { try await change(PlayedTable.moved(x: 100 + x)) }
        try await change(#"{"op":"replace","path":"/live/maps/0/name","value":"Goblin 4"}"#)
        table.close()
        let source = try played.source()
        func last(_ name: String) throws -> [Int64?] {
            let found = try PlaceLookup(source, useSnapshots: useSnapshots)
                .find(try PlaceName.parse([name]), at: nil, progress: { _ in })
            return [found.offset, found.goneSince?.offset]
        }
        for name in ["token 'löwe \"a\"'", "token 7", "token 'Löwe \"A\"' in Crypt", "/live/maps/1"] {
            #expect(try last(name) == [91, 92], "\(name)")
        }
        #expect(try last("token 'goblin 3'") == [132, 133])
        #expect(try last("token 'Goblin 4'") == [133, nil])
        #expect(throws: ReplayError.self) { try last("token Lion") }
        #expect(throws: ReplayError.self) { try last("map Goblin") }
        #expect(throws: ReplayError.self) { try last("/live/maps/2") }
    }

    @Test func `folders, files, scenes and the table are found as they last were`() async throws {
        let table = try played.open()
        try await played.act(on: table, "scene-folder.create", #"{"path":"Act 1"}"#)
        try await played.act(on: table, "scene-folder.rename", #"{"path":"Act 1","newName":"Act 2"}"#)
        try await played.act(on: table, "scene-folder.delete", #"{"path":"Act 2"}"#)
        let scene = try await played.saveScene(on: table, name: "Inn")
        try await played.act(on: table, "scene.delete", #"{"id":"\#(scene)"}"#)
        _ = try await played.uploadMap("crypt.png", "crypt", on: table)
        try await played.act(on: table, "map.delete", #"{"name":"crypt.png"}"#)
        try await played.act(on: table, "live.change", #"{"scene":\#(PlayedTable.live(x: 0))}"#)
        try await played.act(on: table, "live.change", #"{"patch":[{"op":"replace","path":"/live","value":null}]}"#)
        try await played.act(on: table, "viewer.blank", "{}")
        table.close()
        let source = try played.source()
        for (name, offset) in [
            ("folder 'Act 1'", Int64(0)), ("folder scenes/act\u{20}2", 1), ("scene Inn", 3), ("scene \(scene)", 3),
            ("map CRYPT", 5), ("live", 7), ("token 'Goblin 3' in live", 7),
        ] {
            let found = try find(name, at: nil, in: source)
            #expect(found.offset == offset && found.goneSince?.offset == offset + 1, "\(name)")
        }
    }

    @Test func `several of one name that are gone are told with their moment`() async throws {
        let table = try played.open()
        let goblin = #"{"name":"Goblin"}"#
        try await played.act(
            on: table, "live.change",
            #"{"scene":{"id":"s","name":"Crypt","maps":[\#(goblin),\#(goblin)]}}"#)
        try await played.act(on: table, "live.change", #"{"patch":[{"op":"replace","path":"/live/maps","value":[]}]}"#)
        table.close()
        #expect {
            try find("token Goblin", at: nil, in: try played.source())
        } throws: { error in
            guard case ReplayError.usage(let problem, let hint)? = error as? ReplayError else { return false }
            return problem.contains("after event 0") && hint.contains("--at 0") && hint.contains("/live/maps/1")
        }
    }

    @Test func `at a moment that was said, what isn't there isn't found`() async throws {
        let source = try await playDeletion()
        #expect(throws: ReplayError.self) { try find("map crypt.png", at: .newest, in: source) }
        #expect(try find("map crypt.png", at: .offset(0), in: source).isGone == false)
        #expect(throws: ReplayError.self) { try find("map tower.png", at: nil, in: source) }
        func other(_ name: String, than moment: Moment) throws -> [Int64?]? {
            try PlaceLookup(source, useSnapshots: true)
                .otherTime(of: try PlaceName.parse([name]), than: moment, progress: { _ in })
                .map { [$0.offset, $0.goneSince?.offset] }
        }
        for moment in [Moment.newest, .offset(2), .beginning] {
            #expect(try other("map crypt.png", than: moment) == [1, 2], "before it, or later")
            #expect(try other("map tower.png", than: moment) == nil)
        }
        #expect(try find("viewer", at: nil, in: source).offset == 2)
    }
}
