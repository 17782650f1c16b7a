import JSONDocument

/// The images of saved scenes: where their paths lead, and how they follow their scene.
enum SceneImages {
    /// The path that a scene's `images` entry holds: `[folder/]images/<image id>_<file name>`.
    static func path(folder: String?, imageID: String, name: String) -> String {
        ContentPath.join(ContentPath.join(folder, "images"), "\(imageID)_\(name)")
    }

    /// The entry of `/sceneImages` that a path leads to.
    ///
    /// What decides is the file's own name. Its folder may be a former one of the scene, as in pages that were loaded
    /// before a move; where several scenes share the name, the one in that folder is preferred.
    static func entry(at path: String, in document: JSONValue) -> JSONValue? {
        let parts = ContentPath.components(of: path)
        guard parts.count >= 2, parts[parts.count - 2] == "images", ContentPath.fault(inPath: path) == nil else {
            return nil
        }
        var elsewhere: JSONValue?
        for (scene, images) in document[.sceneImages].members ?? [] {
            for (id, name) in splits(of: parts[parts.count - 1]) {
                guard let entry = images[id], entry["name"]?.stringValue == name else { continue }
                let folder = document.entry(.scenes, scene).flatMap { SceneDocument.folder(of: $0) }
                if Self.path(folder: folder, imageID: id, name: name) == path { return entry }
                elsewhere = elsewhere ?? entry
            }
        }
        return elsewhere
    }

    /// The ways to read `<image id>_<file name>`: either part may hold underscores itself.
    private static func splits(of fileName: String) -> [(id: String, name: String)] {
        fileName.indices.filter { fileName[$0] == "_" }.map { underscore in
            (String(fileName[..<underscore]), String(fileName[fileName.index(after: underscore)...]))
        }
    }

    /// A scene whose `images` lead to known files, and the entries of `/sceneImages/<scene id>` that it needs for that.
    struct Bound {
        var scene: JSONValue
        var entries: [(imageID: String, entry: JSONValue)]
    }

    /// Makes a scene own the images that it lists: each path becomes that of the scene's present folder.
    ///
    /// A scene saved as a copy lists the images of the one that it was copied from. It gets entries of its own for
    /// them (the same blobs), so deleting the first doesn't take the copy's images along.
    ///
    /// - Parameter known: The entry of an image that is listed, by its id and path; nil leaves the listing as it is.
    static func bind(_ scene: JSONValue, known: (_ imageID: String, _ path: String) -> JSONValue?) -> Bound {
        guard let images = scene["images"]?.elements, !images.isEmpty else { return Bound(scene: scene, entries: []) }
        let folder = SceneDocument.folder(of: scene)
        var entries: [(imageID: String, entry: JSONValue)] = []
        let bound = images.map { image -> JSONValue in
            guard let id = image["id"]?.stringValue, let path = image["path"]?.stringValue,
                ContentPath.fault(inName: id) == nil, let entry = known(id, path),
                let name = entry["name"]?.stringValue
            else { return image }
            entries.append((id, entry))
            var image = image
            image.setMember("path", to: .string(Self.path(folder: folder, imageID: id, name: name)))
            return image
        }
        guard !entries.isEmpty else { return Bound(scene: scene, entries: []) }
        var result = scene
        result.setMember("images", to: .array(bound))
        return Bound(scene: result, entries: entries)
    }

    /// Binds a scene to the images of the document: its own first, then those that its paths lead to.
    static func bind(_ scene: JSONValue, id: String, in document: JSONValue) -> Bound {
        let own = document.entry(.sceneImages, id)
        return bind(scene) { imageID, path in own?[imageID] ?? entry(at: path, in: document) }
    }

    /// The operations that add the entries a scene lacks.
    static func additions(
        _ entries: [(imageID: String, entry: JSONValue)], to scene: String, in document: JSONValue
    ) -> [JSONPatchOperation] {
        let present = document.entry(.sceneImages, scene)
        var missing: [(key: String, value: JSONValue)] = []
        for (id, entry) in entries where present?[id] != entry && !missing.contains(where: { $0.key == id }) {
            missing.append((key: id, value: entry))
        }
        guard !missing.isEmpty else { return [] }
        guard present != nil else { return [.add(.to(.sceneImages, scene), .object(missing))] }
        return missing.map { .add(.to(.sceneImages, scene, $0.key), $0.value) }
    }
}
