import JSONDocument

/// Lists the folders of a document: those of maps and scenes, and those that sounds are in.
struct FolderSearch {
    private let document: JSONValue

    init(_ document: JSONValue) {
        self.document = document
    }

    /// Each also known as `maps/<path>`, `scenes/<path>`, `sounds/<path>`.
    func things() -> [NamedThing] {
        let maps = keys("mapFolders").map { thing("maps", $0, mapPlaces($0)) }
        let scenes = keys("sceneFolders").map { thing("scenes", $0, scenePlaces($0)) }
        let sounds = soundFolders().map { thing("sounds", $0, entries("sounds", below: $0)) }
        return maps + scenes + sounds
    }

    private func thing(_ part: String, _ path: String, _ pointers: [JSONPointer]) -> NamedThing {
        let label = "\(part)/\(path)"
        let places = pointers.enumerated().map { at, pointer in
            Place(
                pointer: pointer, label: at == 0 ? label : PlaceLabel.text(pointer, in: document),
                identity: PlaceIdentity(pointer, in: document))
        }
        return NamedThing(
            names: [label, path], shortNames: [FilePath.last(path)],
            places: NamedPlaces(kind: .folder, label: "folder \"\(label)\"", places: places))
    }

    private func mapPlaces(_ path: String) -> [JSONPointer] {
        ["mapFolders", "maps", "mapData"].flatMap { entries($0, below: path) }
    }

    private func scenePlaces(_ path: String) -> [JSONPointer] {
        let scenes = (document["scenes"]?.members ?? []).filter { _, scene in
            scene["folder"]?.stringValue.map { FilePath.isWithin($0, path) } ?? false
        }
        return entries("sceneFolders", below: path)
            + scenes.flatMap { id, _ in
                [JSONPointer(tokens: ["scenes", id]), JSONPointer(tokens: ["sceneImages", id])]
            }.filter { document.value(at: $0) != nil }
    }

    /// The entries of a first-level member that are the folder or below it, the folder first.
    private func entries(_ member: String, below path: String) -> [JSONPointer] {
        keys(member).filter { FilePath.isWithin($0, path) }.sorted().map { JSONPointer(tokens: [member, $0]) }
    }

    private func keys(_ member: String) -> [String] { (document[member]?.members ?? []).map(\.key) }

    /// Sounds' folders are nowhere but in their paths.
    private func soundFolders() -> [String] {
        var folders: Set<String> = []
        for path in keys("sounds") {
            var rest = path[...]
            while let slash = rest.lastIndex(of: "/") {
                rest = rest[..<slash]
                if !folders.insert(String(rest)).inserted { break }
            }
        }
        return folders.sorted()
    }
}
