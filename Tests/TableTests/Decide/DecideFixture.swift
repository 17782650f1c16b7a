import JSONDocument
import Journal
import Synchronization
import Testing

@testable import Table

/// A table that only decides: runs commands, applies their events as a replay would, and checks what always holds.
struct DecideFixture {
    /// Makes ids that can be foretold: `00000000-0000-4000-8000-000000000001`, ….
    final class Identifiers: Sendable {
        private let last = Mutex(0)

        func next() -> String {
            let number = last.withLock { last in
                last += 1
                return String(last)
            }
            return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - number.count) + number
        }
    }

    var document = TableDocument.empty
    /// Milliseconds after 2026-11-23T06:40:00Z.
    var elapsed: Int64 = 0
    private let identifiers = Identifiers()

    static let png = BlobReference(sha256: String(repeating: "a", count: 64), size: 78, mediaType: "image/png")
    static let jpeg = BlobReference(sha256: String(repeating: "b", count: 64), size: 300, mediaType: "image/jpeg")
    static let mp3 = BlobReference(sha256: String(repeating: "c", count: 64), size: 3000, mediaType: "audio/mpeg")

    var now: JournalTime {
        let minute = elapsed / 60_000
        let (second, millisecond) = (elapsed % 60_000).quotientAndRemainder(dividingBy: 1000)
        func padded(_ number: Int64, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        let text = "2026-11-23T06:\(padded(40 + minute, 2)):\(padded(second, 2)).\(padded(millisecond, 3))Z"
        guard let time = JournalTime(rfc3339: text) else { preconditionFailure("\(text) is a time") }
        return time
    }

    /// Runs a command as REST or the socket gives it.
    @discardableResult
    mutating func run(
        _ name: String, _ data: JSONValue = .null, _ parameters: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Decision {
        let command = try Command.parse(name: name, data: data, parameters: parameters)
        return try run(command, sourceLocation: sourceLocation)
    }

    /// Decides a command and applies its events from their serialized form.
    @discardableResult
    mutating func run(_ command: Command, sourceLocation: SourceLocation = #_sourceLocation) throws -> Decision {
        let decision = try decide(command)
        for event in decision.events {
            #expect(!event.patch.isEmpty, sourceLocation: sourceLocation)
            #expect(event.data.isObject, sourceLocation: sourceLocation)
            for operation in event.patch.operations {
                switch operation {
                case .copy, .test: Issue.record("the journal knows no such operation", sourceLocation: sourceLocation)
                default: break
                }
            }
            try document.apply(JSONPatch(JSONValue.parse(event.patch.serialized())))
        }
        #expect(document.brokenInvariants() == [], sourceLocation: sourceLocation)
        return decision
    }

    /// Decides without changing anything.
    func decide(_ command: Command) throws(CommandError) -> Decision {
        try Decider.decide(
            command, document: document, context: DecisionContext(now: now, makeUUID: { identifiers.next() }))
    }

    /// Runs a command that must be refused, and gives the refusal; nothing may have changed.
    func refusal(
        of name: String, _ data: JSONValue = .null, _ parameters: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> CommandError? {
        do {
            _ = try decide(Command.parse(name: name, data: data, parameters: parameters))
            Issue.record("\(name) was not refused", sourceLocation: sourceLocation)
            return nil
        } catch {
            return error
        }
    }

    /// The refusal of a command that only code makes.
    func refusal(of command: Command, sourceLocation: SourceLocation = #_sourceLocation) -> CommandError? {
        do {
            _ = try decide(command)
            Issue.record("\(command) was not refused", sourceLocation: sourceLocation)
            return nil
        } catch {
            return error
        }
    }

    /// Saves a scene and gives its id.
    mutating func saveScene(_ name: String, _ more: [(String, JSONValue)] = []) throws -> String {
        var body: JSONValue = ["id": "1", "name": .string(name)]
        for (key, value) in more { body.setMember(key, to: value) }
        return try #require(try run("scene.save", body).answer["id"]?.stringValue)
    }

    mutating func upload(_ path: String, _ blob: BlobReference = png) throws {
        try run(
            .mapUpload(
                folder: ContentPath.parent(of: path), name: ContentPath.lastComponent(of: path), blob: blob))
    }
}

extension Decision {
    /// The type of the only event; nil if there is none or several.
    var type: String? { events.count == 1 ? events[0].type : nil }
    /// Bytes of all patches as they stand in the journal.
    var patchByteCount: Int { events.reduce(0) { $0 + $1.patch.serialized().count } }
    var message: String? { answer["message"]?.stringValue }
}

extension JSONValue {
    /// A number with decimals, by its text.
    static func decimal(_ text: String) -> JSONValue {
        do {
            return try .number(text: text)
        } catch {
            preconditionFailure("\(text) is a number: \(error)")
        }
    }

    /// What of the document's promises (state-document.md) doesn't hold.
    func brokenInvariants() -> [String] {
        var broken: [String] = []
        func require(_ holds: Bool, _ text: @autoclosure () -> String) { if !holds { broken.append(text()) } }
        for member in [TableDocument.Member.sceneFolders, .mapFolders, .maps, .mapData, .sounds] {
            let folders: TableDocument.Member = member == .sceneFolders ? .sceneFolders : .mapFolders
            for path in keys(member) {
                require(ContentPath.fault(inPath: path) == nil, "\(member) \(path) breaks the path rules")
                for parent in ContentPath.ancestors(of: path) where member != .sounds {
                    require(entry(folders, parent) != nil, "\(member) \(path) lacks its parent \(parent)")
                }
                if member == .sounds { require(SoundPath.split(path) != nil, "\(path) has no category") }
                if member == .maps { require(entry(.mapFolders, path) == nil, "\(path) is map and folder") }
            }
        }
        for (id, scene) in self[.scenes].members ?? [] {
            require(scene["id"]?.stringValue == id, "scene \(id) has another id")
            if let folder = SceneDocument.folder(of: scene) {
                require(entry(.sceneFolders, folder) != nil, "scene \(id) lies in no folder")
            }
        }
        for id in keys(.sceneImages) { require(entry(.scenes, id) != nil, "images of no scene \(id)") }
        if let sound = entry(.audio, "music")?["sound"]?.stringValue {
            require(entry(.sounds, sound) != nil, "\(sound) plays but is not there")
        }
        for (path, data) in self[.mapData].members ?? [] {
            require(data["name"]?.stringValue == ContentPath.lastComponent(of: path), "\(path) has another name")
            require(data["folder"]?.stringValue == ContentPath.parent(of: path), "\(path) has another folder")
        }
        return broken
    }
}
