import JSONDocument
import Journal
import Table

/// How many events touched each scene: those of the library, and the one on the table.
///
/// Learns the scenes' names from the patches, without the document: most events move something and are told by their
/// pointers alone. Memory: the names of the scenes that there were.
struct SceneTally {
    /// A scene and the events that touched it.
    struct Count: Sendable, Equatable {
        let id: String
        /// Its newest name; `nil` if it has none.
        let name: String?
        let events: Int
    }

    private var names: [String: String] = [:]
    /// The id of the scene on the table.
    private var live: String?
    private var counts: [String: Int] = [:]
    /// The part of the document that was looked up last, `/scenes/5f2c`, and the scene that it is.
    private var part: (text: String, scene: String?) = ("", nil)

    /// - Parameter document: The table before the first event that is taken.
    init(_ document: JSONValue) {
        noteAll(document)
    }

    /// Takes the patch of the next event.
    mutating func take(_ patch: Span<UInt8>, offset: Int64) throws(ReplayError) {
        var touched: Set<String> = []
        if Self.mayTellNames(patch) {
            if let live { touched = Self.replacesLive(patch) ? [live] : [] }
            for operation in try LoggedEvent.patch(patch, of: offset).operations { note(operation) }
        }
        TouchedPointers.forEach(in: patch) { pointer in
            if let id = scene(at: pointer) { touched.insert(id) }
        }
        for id in touched { counts[id, default: 0] += 1 }
    }

    /// What was counted since the last time, most events first; the names are kept.
    mutating func finish() -> [Count] {
        defer { counts = [:] }
        return counts.map { Count(id: $0.key, name: names[$0.key], events: $0.value) }
            .sorted { ($1.events, $0.name ?? "", $0.id) < ($0.events, $1.name ?? "", $1.id) }
    }

    /// The scene that a pointer's text leads into.
    private mutating func scene(at pointer: Span<UInt8>) -> String? {
        if pointer.starts(with: "/live") { return live }
        guard pointer.starts(with: "/scenes/") || pointer.starts(with: "/sceneImages/") else { return nil }
        let text = pointer.extracting(0..<TouchedPointers.partByteCount(of: pointer))
        if !text.equals(part.text) {
            let text = String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
            part = (text, Self.pointer(text)?.tokens.last)
        }
        return part.scene
    }

    /// The pointer whose text stands between the quotes of a JSON string.
    private static func pointer(_ text: String) -> JSONPointer? {
        do {
            return try JSONValue.parse(text: "\"\(text)\"").stringValue.map { try JSONPointer($0) }
        } catch {
            // What is no pointer touches no scene.
            return nil
        }
    }
}

// MARK: Names

extension SceneTally {
    /// Whether an operation may say a scene's name or id: at a whole that holds them, or at themselves.
    private static func mayTellNames(_ patch: Span<UInt8>) -> Bool {
        var isFound = false
        TouchedPointers.forEach(in: patch) { pointer in
            let isLive = pointer.starts(with: "/live")
            guard !isFound, isLive || pointer.starts(with: "/scenes") || pointer.isEmpty else { return }
            let depth = pointer.indices.count { pointer[$0] == UInt8(ascii: "/") }
            isFound = depth <= (isLive ? 1 : 2) || pointer.ends(with: "/name") || pointer.ends(with: "/id")
        }
        return isFound
    }

    /// Whether the scene on the table is taken away by something else, which touches it too.
    private static func replacesLive(_ patch: Span<UInt8>) -> Bool {
        var isFound = false
        TouchedPointers.forEach(in: patch) { pointer in
            isFound = isFound || pointer.isEmpty || pointer.equals("/live") || pointer.equals("/live/id")
        }
        return isFound
    }

    private mutating func note(_ operation: JSONPatchOperation) {
        switch operation {
        case .add(let path, let value), .replace(let path, let value): note(value, at: path.tokens)
        case .remove, .move, .copy, .test: break
        }
    }

    private mutating func note(_ value: JSONValue, at tokens: [String]) {
        switch (tokens.first, tokens.count) {
        case (nil, _): noteAll(value)
        case ("live", 1): noteLive(value)
        case ("live", 2) where tokens[1] == "id": live = value.stringValue
        case ("live", 2) where tokens[1] == "name": if let live { names[live] = value.stringValue }
        case ("scenes", 1): noteLibrary(value)
        case ("scenes", 2): noteName(of: value, as: tokens[1])
        case ("scenes", 3) where tokens[2] == "name": names[tokens[1]] = value.stringValue
        default: break
        }
    }

    private mutating func noteAll(_ document: JSONValue) {
        noteLibrary(document["scenes"] ?? .null)
        noteLive(document["live"] ?? .null)
    }

    private mutating func noteLibrary(_ scenes: JSONValue) {
        for (id, scene) in scenes.members ?? [] { noteName(of: scene, as: id) }
    }

    private mutating func noteLive(_ scene: JSONValue) {
        live = scene["id"]?.stringValue
        if let live { noteName(of: scene, as: live) }
    }

    private mutating func noteName(of scene: JSONValue, as id: String) {
        if let name = scene["name"]?.stringValue { names[id] = name }
    }
}
