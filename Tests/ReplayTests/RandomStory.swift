import JSONDocument
import TestSupport

/// A table's history made of random patches: drags, and now and then anything that makes a place another or puts it elsewhere.
///
/// Elements come, go, move within and between lists, are renamed to what others are called, and are put in the place of others;
/// whole lists, scenes and the scene on the table are replaced; scenes are saved and renamed; maps and folders move.
struct RandomStory {
    private var random: SeededGenerator
    private var document: JSONValue = .object([])
    private var step = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &random) }
    private mutating func one(of texts: [String]) -> String { texts[below(texts.count)] }
    private mutating func name() -> String { one(of: ["A", "B", "C", "D"]) }

    // MARK: Values

    private mutating func tag() -> JSONValue { ["id": .string(one(of: ["t", "u", "v"])), "v": .number(step)] }

    private mutating func token() -> JSONValue {
        let tags = JSONValue.array((0..<2).map { _ in tag() })
        // One in some that is known by nothing.
        guard below(12) > 0 else { return ["data": ["x": .number(step), "y": 0], "tags": tags] }
        let key = below(3) > 0 ? "name" : "id"
        return .object([
            (key: key, value: .string(name())), (key: "label", value: .string(name())),
            (key: "data", value: ["x": .number(step), "y": 0]), (key: "tags", value: tags),
        ])
    }

    private mutating func scene(_ id: String) -> JSONValue {
        let maps = JSONValue.array((0..<4).map { _ in token() })
        return ["id": .string(id), "name": .string(name()), "maps": maps]
    }

    private func file() -> JSONValue {
        ["blob": .string(String(repeating: "ab", count: 32)), "size": .number(step), "mediaType": "image/png"]
    }

    /// The first event's document, over the empty one.
    private mutating func beginning() -> [JSONPatchOperation] {
        let blob = JSONValue.string(String(repeating: "ab", count: 32))
        let values: [(String, JSONValue)] = [
            ("live", scene("s1")), ("scenes", ["s1": scene("s1"), "s2": scene("s2")]),
            ("sceneImages", ["s1": ["i": ["blob": blob, "size": 1, "mediaType": "image/png", "name": "i"]]]),
            ("maps", ["a.png": file()]),
            ("mapData", ["a.png": ["data": ["position": ["x": 1, "y": 1]]]]), ("mapFolders", ["A": [:]]),
            ("viewer", ["nightMode": ["enabled": true, "brightness": 1]]),
        ]
        return values.map { .add(JSONPointer(tokens: [$0.0]), $0.1) }
    }

    // MARK: Patches

    /// The next event's patch, which fits what came before.
    mutating func next() -> JSONPatch {
        step += 1
        if step == 1 { return applied(JSONPatch(beginning())) ?? JSONPatch() }
        // A patch that doesn't fit (no such element) isn't one of the story.
        while true {
            let count = below(6) == 0 ? 2 + below(2) : 1
            if let patch = applied(JSONPatch((0..<count).map { _ in operation() })) { return patch }
        }
    }

    private mutating func applied(_ patch: JSONPatch) -> JSONPatch? {
        do {
            var changed = document
            try changed.apply(patch)
            guard changed["live"] != nil, changed["scenes"]?.isObject == true else { return nil }
            document = changed
            return patch
        } catch {
            return nil
        }
    }

    private mutating func list() -> [String] {
        let base = one(of: ["live", "live", "live", "s1", "s2"])
        return (base == "live" ? ["live"] : ["scenes", base]) + ["maps"]
    }

    private func pointer(_ tokens: [String]) -> JSONPointer { JSONPointer(tokens: tokens) }

    private mutating func operation() -> JSONPatchOperation {
        let element = list() + [String(below(5))]
        switch below(100) {
        case 0..<55: return .replace(pointer(element + ["data", one(of: ["x", "y"])]), .number(step))
        case 55..<62: return .replace(pointer(element + ["data"]), ["x": .number(step), "y": 1])
        case 62..<66: return .replace(pointer(element + ["tags", String(below(2)), "v"]), .number(step))
        case 66..<86: return shift(element)
        default: return elsewhere()
        }
    }

    /// What changes who stands where in a list.
    private mutating func shift(_ element: [String]) -> JSONPatchOperation {
        let other = list() + [String(below(5))]
        switch below(12) {
        case 0: return .add(pointer(element), token())
        case 1: return .add(pointer(Array(element.dropLast()) + ["-"]), token())
        case 2, 3: return .remove(pointer(element))
        case 4: return .move(from: pointer(element), to: pointer(Array(element.dropLast()) + [String(below(4))]))
        case 5: return .move(from: pointer(element), to: pointer(other))
        case 6: return .copy(from: pointer(element + ["data"]), to: pointer(other + ["data"]))
        case 7: return .replace(pointer(element + [one(of: ["name", "id", "label"])]), .string(name()))
        case 8: return .replace(pointer(element), token())
        case 9: return .replace(pointer(element + ["tags", String(below(2))]), tag())
        case 10: return .add(pointer(element + ["tags", "0"]), tag())
        default: return .remove(pointer(element + ["tags", "0"]))
        }
    }

    /// What changes a whole list or scene, or something outside of them.
    private mutating func elsewhere() -> JSONPatchOperation {
        let (path, other) = (one(of: ["a.png", "b.png"]), one(of: ["a.png", "b.png", "c.png"]))
        switch below(16) {
        case 0: return .replace(pointer(["live"]), scene(one(of: ["s1", "s1", "s2"])))
        case 1: return .replace(pointer(list()), .array([token(), token(), token()]))
        case 2: return .replace(pointer(["live", one(of: ["name", "id"])]), .string(one(of: ["s1", "s2", "Crypt"])))
        case 3: return .copy(from: pointer(["live"]), to: pointer(["scenes", "s1"]))
        case 4: return .copy(from: pointer(["scenes", "s1"]), to: pointer(["live"]))
        case 5, 6: return .replace(pointer(["scenes", one(of: ["s1", "s2"]), "name"]), .string(name()))
        case 7: return .add(pointer(["scenes", one(of: ["s1", "s2"])]), scene("s1"))
        case 8: return .remove(pointer(["scenes", "s2"]))
        case 9: return .move(from: pointer(["maps", path]), to: pointer(["maps", other]))
        case 10: return .move(from: pointer(["mapData", path]), to: pointer(["mapData", other]))
        case 11: return .move(from: pointer(["mapFolders", "A"]), to: pointer(["mapFolders", one(of: ["A", "B"])]))
        case 12: return .add(pointer(["maps", path]), file())
        case 13: return .remove(pointer(["maps", path]))
        case 14: return .replace(pointer(["sceneImages", "s1", "i", "size"]), .number(step))
        default: return .replace(pointer(["viewer", "nightMode", "brightness"]), .number(step))
        }
    }
}
