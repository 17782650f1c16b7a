import JSONDocument

/// What REST reads of the scenes (contract, section 3, "Scenes").
package enum SceneViews {
    /// `GET /scenes/list`: `{"folders":[…],"scenes":[…]}`, each sorted by name.
    package static func list(_ document: JSONValue) -> JSONValue {
        let folders = FolderItems.list(document.keys(.sceneFolders), topLevelParent: "")
        var library: [(id: String, scene: JSONValue)] = []
        document[.scenes].forEachMember { library.append((id: $0, scene: $1)) }
        let scenes = library.sortedByName { ($0.scene["name"]?.stringValue ?? "", $0.id) }
        return .object([(key: "folders", value: folders), (key: "scenes", value: .array(scenes.map(\.scene)))])
    }

    /// `GET /scenes/load/{id}`; nil: `Scene not found`.
    package static func load(_ document: JSONValue, _ id: String) -> JSONValue? {
        document.entry(.scenes, id)
    }

    /// `GET /scenes/image/{path}`, the path as in the scene's `images`; nil: `Image not found`.
    package static func imageReference(_ document: JSONValue, path: String) -> BlobReference? {
        SceneImages.entry(at: path, in: document).flatMap { BlobReference($0) }
    }
}

/// The folder items of `GET /scenes/list` and `GET /maps/folders` (contract, section 2).
enum FolderItems {
    /// - Parameter topLevelParent: The `parent` of a top-level folder: `""` for scenes, null for maps.
    static func list(_ paths: [String], topLevelParent: JSONValue) -> JSONValue {
        let sorted = paths.sortedByName { (ContentPath.lastComponent(of: $0), $0) }
        return .array(sorted.map { item($0, topLevelParent) })
    }

    private static func item(_ path: String, _ topLevelParent: JSONValue) -> JSONValue {
        .object([
            (key: "name", value: .string(ContentPath.lastComponent(of: path))), (key: "type", value: "folder"),
            (key: "path", value: .string(path)),
            (key: "parent", value: ContentPath.parent(of: path).map { .string($0) } ?? topLevelParent),
        ])
    }
}
