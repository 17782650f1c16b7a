import JSONDocument
import Journal
import Table
import TestSupport
import Testing

@testable import Replay

/// History of a place with events left out, against one that looks at every whole document.
@Suite struct PlaceReplayTests {
    private let played: PlayedTable

    init() throws {
        played = try PlayedTable()
    }

    // MARK: The plain way

    /// One event, with the document after it.
    private struct Step {
        let offset: Int64
        let patch: JSONPatch
        let document: JSONValue
    }

    private func steps(of source: JournalSource) throws -> [Step] {
        let newest = try source.newest()
        let offsets = Array(0...newest)
        var steps: [Step] = []
        try source.forEachDocument(after: offsets, useSnapshots: false) { (fold) throws(ReplayError) in
            let patch = try source.event(at: fold.offset).patch()
            steps.append(Step(offset: fold.offset, patch: patch, document: fold.document))
        }
        return steps
    }

    /// What happened to a place, by the documents before and after every event.
    private func lookedAt(
        _ place: Place, from offset: Int64, _ steps: [Step], in source: JournalSource
    ) throws -> [String] {
        var identity = place.identity
        if PlaceTrail.isByPath(identity) {
            let oldest = try PlaceTrail.oldest(source, place.pointer, from: offset) { _ in }
            identity = PlaceTrail.identity(identity, movedTo: oldest)
        }
        var entries: [String] = []
        var old = try source.document(at: -1)
        var was = identity.pointer(in: old)
        for step in steps {
            let new = step.document
            let before = identity
            if PlaceTrail.isByPath(identity), let there = was,
                let moved = PlaceTrail.after(step.patch, there), moved != there
            {
                identity = PlaceTrail.identity(identity, movedTo: moved)
            }
            let now = identity.pointer(in: new)
            let values = (was.flatMap { old.value(at: $0) }, now.flatMap { new.value(at: $0) })
            let isElsewhere =
                was != nil && now != nil && (identity != before || was?.tokens.first != now?.tokens.first)
            if values.0 != values.1 || isElsewhere, let pointer = now ?? was {
                let kind = was == nil ? "created" : now == nil ? "removed" : isElsewhere ? "moved" : "changed"
                let told = kind == "changed" || kind == "moved" ? sentences(old, new, pointer, values.1) : []
                entries.append(text(step.offset, kind, pointer, values.0, values.1, told))
            }
            (old, was) = (new, now)
        }
        return entries
    }

    private func sentences(
        _ old: JSONValue, _ new: JSONValue, _ pointer: JSONPointer, _ value: JSONValue?
    ) -> [ToldChange] {
        guard let value, value.isObject || value.isArray else { return [] }
        return TableTelling.changes(from: old, to: new).filter {
            pointer.isPrefix(of: $0.pointer) || $0.pointer.isPrefix(of: pointer)
        }
    }

    private func text(
        _ offset: Int64, _ kind: String, _ pointer: JSONPointer, _ old: JSONValue?, _ new: JSONValue?,
        _ told: [ToldChange]
    ) -> String {
        "\(offset) \(kind) \(pointer.text) \(old?.text ?? "-") \(new?.text ?? "-") \(told.map(\.json.text))"
    }

    private func told(_ entries: [PlaceHistory.Entry]) -> [String] {
        entries.map { text($0.event.offset, $0.kind.rawValue, $0.pointer, $0.old, $0.new, $0.told) }
    }

    /// The first entries that aren't the same.
    private func difference(_ entries: [String], _ plain: [String]) -> String? {
        for index in 0..<max(entries.count, plain.count) {
            let (one, other) = (index < entries.count ? entries[index] : nil, index < plain.count ? plain[index] : nil)
            if one != other { return "\(one ?? "nothing") instead of \(other ?? "nothing")" }
        }
        return nil
    }

    // MARK: Random histories

    /// Writes a history of random patches with some snapshots in between.
    private func write(_ story: RandomStory, eventCount: Int) throws {
        var story = story
        for first in stride(from: 0, to: eventCount, by: 70) {
            try write((first..<min(first + 70, eventCount)).map { _ in story.next().serialized() })
            // Closing a table leaves a snapshot.
            try played.open().close()
        }
    }

    private func write(_ patches: [[UInt8]]) throws {
        let writer = try JournalWriter.open(
            folder: played.journal, fileSystem: PosixFileSystem(), clock: played.clock.clock,
            identity: { "0b8f9f3e-6a52-4a4e-9d5e-1c2d3e4f5a6b" })
        for patch in patches {
            _ = try writer.commit([[EventDraft(type: "a.b", actor: nil, data: Array("{}".utf8), patch: patch)]])
        }
        try writer.close()
    }

    private static let places = [
        "/live", "/live/maps", "/live/maps/1", "/live/maps/3", "/live/maps/2/data/x", "/live/maps/0/tags/1",
        "/live/maps/0/tags/1/v", "/live/name", "/scenes/s1", "/scenes/s1/maps/0", "/scenes/s1/maps/1/data/x",
        "/scenes/s2/name", "/sceneImages/s1/i", "/maps/a.png", "/mapData/a.png/data", "/mapFolders/A",
        "/viewer/nightMode",
    ]

    @Test(arguments: UInt64(0)..<2)
    func `what is left out changes nothing in what is told`(seed: UInt64) throws {
        try write(RandomStory(seed: seed), eventCount: 160)
        let source = try played.source()
        let steps = try steps(of: source)
        let newest = try source.newest()
        #expect(try SnapshotStore(folder: played.journal, fileSystem: PosixFileSystem()).list().count > 1)
        for step in [steps[0], steps[steps.count / 2]] {
            let (offset, document) = (step.offset, step.document)
            for name in Self.places {
                let pointer = try JSONPointer(name)
                guard document.value(at: pointer) != nil else { continue }
                let place = Place(pointer: pointer, label: "", identity: PlaceIdentity(pointer, in: document))
                let plain = try lookedAt(place, from: offset, steps, in: source)
                for appliedCount in [0, 3] {
                    let history = PlaceHistory(source, place, at: offset, appliedCount: appliedCount)
                    var entries: [PlaceHistory.Entry] = []
                    try history.walk(through: newest, progress: { _ in }) { entry in
                        entries.append(entry)
                        return true
                    }
                    let found = difference(told(entries), plain)
                    #expect(found == nil, "\(name) at \(offset), \(appliedCount) applied, seed \(seed)")
                }
                let history = PlaceHistory(source, place, at: offset, appliedCount: 3)
                for (count, useSnapshots) in [(1, true), (40, true)] {
                    let last = try history.newest(
                        count, through: newest, useSnapshots: useSnapshots, progress: { _ in })
                    let found = difference(told(last), Array(plain.suffix(count)))
                    #expect(found == nil, "\(count) of \(name) at \(offset), seed \(seed)")
                }
            }
        }
    }

    @Test func `names that a change is told by are those of its time, also where nothing else is looked at`() throws {
        let token = #"{"id":1,"label":"Wolf","data":{"position":{"x":1,"y":1}}}"#
        func replaced(_ path: String, _ value: String) -> String {
            #"[{"op":"replace","path":"\#(path)","value":\#(value)}]"#
        }
        let patches = [
            #"[{"op":"add","path":"/scenes","value":{"s1":{"id":"s1","name":"Inn","maps":[\#(token)]}}},"#
                + #"{"op":"add","path":"/viewer","value":{"blank":false}}]"#,
            replaced("/viewer/blank", "true"), replaced("/scenes/s1/name", #""Crypt""#),
            replaced("/scenes/s1/maps/0/data/position/x", "2"), replaced("/scenes/s1/maps/0/label", #""Bear""#),
            replaced("/viewer/blank", "false"), replaced("/scenes/s1/maps/0/data/position/x", "3"),
        ]
        try write(patches.map { Array($0.utf8) })
        let source = try played.source()
        let document = try source.document(at: 0)
        for pointer in [try JSONPointer("/scenes/s1/maps/0/data"), try JSONPointer("/scenes/s1/maps/0/data/position")] {
            let place = Place(pointer: pointer, label: "", identity: PlaceIdentity(pointer, in: document))
            var told: [[String]] = []
            try PlaceHistory(source, place, at: 0, appliedCount: 0).walk(through: 6, progress: { _ in }) { entry in
                told.append(entry.told.flatMap { [$0.scope ?? "", $0.sentence] })
                return true
            }
            #expect(
                told == [
                    [], [#"scene "Crypt""#, "Wolf moved (1,1) → (2,1)"],
                    [#"scene "Crypt""#, "Bear moved (2,1) → (3,1)"],
                ])
        }
    }

    @Test func `only what puts values in the place of others shifts nothing`() {
        func isOfReplacements(_ patch: String) -> Bool { PatchWatch.isOfReplacements(Array(patch.utf8).span) }
        let replacement = #"{"op":"replace","path":"/a","value":1}"#
        #expect(isOfReplacements("[\(replacement)]"))
        #expect(isOfReplacements("[\(replacement),\(replacement)]"))
        for other in [#"{"op":"add","path":"/a/0","value":1}"#, #"{"op":"remove","path":"/a"}"#] {
            #expect(!isOfReplacements("[\(other)]"))
            #expect(!isOfReplacements("[\(replacement),\(other)]"))
            #expect(!isOfReplacements("[ \(replacement)]"), "in another form, nothing is known of it")
        }
    }
}
