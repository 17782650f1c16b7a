import JSONDocument

/// What people call a place.
enum PlaceLabel {
    /// The lists of a scene whose elements are things with names of their own.
    static let sceneLists = ["maps", "initiativeOrder", "aoeMarkers", "fogOfWar"]

    /// The document's members whose entries are known by a path.
    static let membersByPath: Set = ["maps", "mapData", "mapFolders", "sceneFolders", "sounds"]

    /// `Goblin 3 in Crypt (live)` for a place inside of a thing in a scene, `Crypt` for one of a scene, a path for one of a
    /// map, folder or sound; else the pointer.
    static func text(_ pointer: JSONPointer, in document: JSONValue) -> String {
        let tokens = pointer.tokens
        guard let (scene, depth) = scenePlace(tokens) else {
            return tokens.count > 1 && membersByPath.contains(tokens[0]) ? tokens[1] : pointer.text
        }
        guard let value = document.value(at: scene), value.isObject else { return pointer.text }
        let sceneLabel = sceneName(value, at: scene)
        guard tokens.count > depth + 1, sceneLists.contains(tokens[depth]), let index = Int(tokens[depth + 1]),
            let element = value[tokens[depth]]?[index]
        else { return sceneLabel }
        return "\(elementName(element, list: tokens[depth], index: index)) in \(sceneLabel)"
    }

    /// The pointer to the scene that a place is in, and how many tokens that takes.
    static func scenePlace(_ tokens: [String]) -> (JSONPointer, depth: Int)? {
        if tokens.first == "live" { return (JSONPointer(tokens: ["live"]), 1) }
        guard tokens.count > 1, tokens[0] == "scenes" else { return nil }
        return (JSONPointer(tokens: Array(tokens[..<2])), 2)
    }

    /// `Crypt`, `Crypt (live)`.
    static func sceneName(_ scene: JSONValue, at pointer: JSONPointer) -> String {
        let name = scene["name"]?.stringValue ?? PlaceIdentity.sceneID(of: scene) ?? "a scene without a name"
        return pointer.tokens.count == 1 ? "\(name) (live)" : name
    }

    /// The element's `name`, else its `label`, else its kind and `id`.
    static func elementName(_ element: JSONValue, list: String, index: Int) -> String {
        if let name = name(of: element) { return name }
        let noun = nouns[list] ?? list
        return "\(noun) \(element["id"].flatMap { $0.stringValue ?? $0.numberText } ?? String(index))"
    }

    /// `name` or `label`, where that is a text.
    static func name(of element: JSONValue) -> String? {
        for key in ["name", "label"] {
            if let name = element[key]?.stringValue, !name.isEmpty { return name }
        }
        return nil
    }

    private static let nouns = [
        "maps": "map", "initiativeOrder": "fighter", "aoeMarkers": "area", "fogOfWar": "fog area", "images": "image",
        "encounterHistory": "entry",
    ]
}
