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

    @Test func `what is gone is found at the end of the last session that had it`() async throws {
        let source = try await playDeletion()
        let found = try find("map crypt.png", at: nil, in: source)
        #expect(found.isGone)
        #expect(found.offset == 1)
        #expect(found.document.value(at: found.place.pointer) != nil)
    }

    @Test func `at a moment that was said, what isn't there isn't found`() async throws {
        let source = try await playDeletion()
        #expect(throws: ReplayError.self) { try find("map crypt.png", at: .newest, in: source) }
        #expect(try find("map crypt.png", at: .offset(0), in: source).isGone == false)
        #expect(throws: ReplayError.self) { try find("map tower.png", at: nil, in: source) }
        #expect(try find("viewer", at: nil, in: source).offset == 2)
    }
}
