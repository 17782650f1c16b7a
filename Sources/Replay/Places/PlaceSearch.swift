import JSONDocument

/// Lists the things of a document that have names.
struct PlaceSearch {
    private let document: JSONValue

    init(_ document: JSONValue) {
        self.document = document
    }

    /// Every thing of a kind; exactly one for a kind of which there is one.
    ///
    /// - Parameter scene: For tokens: only those in this scene (`live`: on the table).
    /// - Throws: What looking up the scene throws; ``ReplayError/no(_:)`` where nothing is live.
    func things(_ kind: PlaceKind, in scene: String?) throws(ReplayError) -> [NamedThing] {
        switch kind {
        case .table: return [one(kind, .root)]
        case .viewer: return [one(kind, JSONPointer(tokens: ["viewer"]))]
        case .music: return [one(kind, JSONPointer(tokens: ["audio", "music"]))]
        case .live:
            guard document["live"]?.isObject == true else { throw .no("no scene is on the table at that moment") }
            return [one(kind, JSONPointer(tokens: ["live"]))]
        case .scene: return scenes()
        case .token: return try tokens(in: scene)
        case .map: return files(kind, "maps", belonging: ["mapData"])
        case .sound: return files(kind, "sounds", belonging: [])
        case .folder: return FolderSearch(document).things()
        }
    }

    private func one(_ kind: PlaceKind, _ pointer: JSONPointer) -> NamedThing {
        let place = Place(pointer: pointer, label: kind.rawValue, identity: PlaceIdentity(pointer, in: document))
        return NamedThing(
            names: [], shortNames: [], places: NamedPlaces(kind: kind, label: kind.rawValue, places: [place]))
    }

    // MARK: Scenes

    private func scenes() -> [NamedThing] {
        var things = (document["scenes"]?.members ?? []).map { id, scene in
            let places = [JSONPointer(tokens: ["scenes", id]), JSONPointer(tokens: ["sceneImages", id])]
            return self.scene(scene, id, at: places.filter { document.value(at: $0) != nil })
        }
        if let live = document["live"], live.isObject {
            let id = PlaceIdentity.sceneID(of: live)
            // A saved scene on the table is one scene, known by what the library has.
            if id.flatMap({ document["scenes"]?[$0] }) == nil {
                things.append(scene(live, id ?? "", at: [JSONPointer(tokens: ["live"])]))
            }
        }
        return things
    }

    private func scene(_ scene: JSONValue, _ id: String, at pointers: [JSONPointer]) -> NamedThing {
        let name = scene["name"]?.stringValue
        let label = PlaceLabel.sceneName(scene, at: pointers[0])
        let places = pointers.map {
            Place(pointer: $0, label: label, identity: PlaceIdentity($0, in: document))
        }
        let path = name.flatMap { name in scene["folder"]?.stringValue.map { "\($0)/\(name)" } }
        return NamedThing(
            names: [name, path, id].compactMap(\.self), shortNames: [],
            places: NamedPlaces(kind: .scene, label: "scene \"\(name ?? id)\"", places: places))
    }

    // MARK: Tokens

    /// Tokens of the live scene stand for those of the same scene in the library: both are the same thing.
    private func tokens(in scene: String?) throws(ReplayError) -> [NamedThing] {
        let live = JSONPointer(tokens: ["live"])
        let liveID = document["live"].flatMap(PlaceIdentity.sceneID)
        var pointers = document["live"]?.isObject == true ? [live] : []
        if let scene, scene.lowercased() != "live" {
            let named = try PlaceName.named(.scene, name: scene, scene: nil).resolve(in: document).main.pointer
            let isLive = liveID != nil && named.tokens == ["scenes", liveID ?? ""]
            pointers = [isLive ? live : named]
        } else if scene == nil {
            pointers += (document["scenes"]?.members ?? []).filter { $0.key != liveID }
                .map { JSONPointer(tokens: ["scenes", $0.key]) }
        }
        return pointers.flatMap(tokens)
    }

    private func tokens(ofSceneAt pointer: JSONPointer) -> [NamedThing] {
        guard let scene = document.value(at: pointer) else { return [] }
        let sceneLabel = PlaceLabel.sceneName(scene, at: pointer)
        let identity = sceneIdentity(scene, at: pointer)
        return PlaceLabel.sceneLists.flatMap { list in
            let elements = scene[list]?.elements ?? []
            // All keys in one walk: a list of thousands would cost their square otherwise.
            let steps = ElementKey.each(of: elements).enumerated().map { index, key in
                key.map { PlaceIdentity.Step.element($0) } ?? .position(index)
            }
            return elements.indices.map { index in
                let name = PlaceLabel.elementName(elements[index], list: list, index: index)
                let place = Place(
                    pointer: pointer.appending(list).appending(index), label: "\(name) in \(sceneLabel)",
                    identity: PlaceIdentity(
                        anchor: identity.anchor, steps: identity.steps + [.member(list), steps[index]]))
                return token(elements[index], list, name, place)
            }
        }
    }

    private func token(_ element: JSONValue, _ list: String, _ name: String, _ place: Place) -> NamedThing {
        let id = element["id"].flatMap { $0.stringValue ?? $0.numberText }
        return NamedThing(
            names: [PlaceLabel.name(of: element), id].compactMap(\.self),
            shortNames: list == "maps" ? [FilePath.stem(name)].filter { $0 != name } : [],
            places: NamedPlaces(kind: .token, label: "token \"\(name)\"", places: [place]))
    }

    /// What a token's identity begins with.
    ///
    /// One called by name belongs to its scene wherever that stands, also while it is only in the library.
    private func sceneIdentity(_ scene: JSONValue, at pointer: JSONPointer) -> PlaceIdentity {
        let tokens = pointer.tokens
        let id = tokens.count > 1 ? tokens[1] : PlaceIdentity.sceneID(of: scene)
        return id.map { PlaceIdentity(anchor: .scene(id: $0), steps: []) } ?? PlaceIdentity(literally: pointer)
    }

    // MARK: Files

    private func files(_ kind: PlaceKind, _ member: String, belonging others: [String]) -> [NamedThing] {
        var paths = (document[member]?.members ?? []).map(\.key)
        let known = Set(paths)
        for other in others { paths += (document[other]?.members ?? []).map(\.key).filter { !known.contains($0) } }
        return paths.map { path in
            let places = ([member] + others).map { JSONPointer(tokens: [$0, path]) }
                .filter { document.value(at: $0) != nil }
                .map { Place(pointer: $0, label: path, identity: PlaceIdentity($0, in: document)) }
            let name = FilePath.last(path)
            return NamedThing(
                names: [path], shortNames: [name, FilePath.stem(name), FilePath.stem(path)],
                places: NamedPlaces(kind: kind, label: "\(kind.rawValue) \"\(path)\"", places: places))
        }
    }
}

/// Parts of a path as the document writes it, `Act 1/crypt.png`.
enum FilePath {
    /// What is behind the last slash.
    static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Without the extension of its last part.
    static func stem(_ path: String) -> String {
        guard let dot = path.lastIndex(of: "."), dot > path.startIndex, !path[dot...].contains("/") else { return path }
        return String(path[..<dot])
    }

    /// Whether `path` is below the folder, or the folder itself.
    static func isWithin(_ path: String, _ folder: String) -> Bool {
        path == folder || path.hasPrefix(folder + "/")
    }
}
