import JSONDocument

extension Deciding {
    /// Stores an uploaded map; one of the same path is replaced.
    func mapUpload(_ sentFolder: String?, name: String, _ blob: BlobReference) throws(CommandError) -> Decision {
        try ContentPath.checkedName(name)
        guard let mediaType = MediaType.image(forName: name) else { throw .notAnImage }
        let folder = try ContentPath.checkedFolder(sentFolder)
        let path = try ContentPath.checkedPath(folder: folder, name: name)
        try refuseFolder(at: path)
        try refuseMap(onTheWayTo: path)
        let entry = BlobReference(sha256: blob.sha256, size: blob.size, mediaType: mediaType).entry
        let operations = missingFolders(folder, .mapFolders) + put(entry, at: path, in: .maps)
        return Decision(
            "map.uploaded", patch: JSONPatch(operations),
            answer: ["filename": .string(name), "folder": .string(sentFolder ?? "")])
    }

    /// Renames a map in its folder; its data and every scene that shows it follow.
    ///
    /// Scenes know maps by name, so a reference to another map of the same name elsewhere is renamed as well: the two
    /// can't be told apart (contract, section 7, F18).
    func mapRename(_ map: String, to newName: String) throws(CommandError) -> Decision {
        let path = try mapPath(map)
        let oldName = ContentPath.lastComponent(of: path)
        let newPath = try ContentPath.checkedPath(folder: ContentPath.parent(of: path), name: newName)
        guard document.entry(.maps, newPath) == nil else { throw .fileExists(newName) }
        try refuseFolder(at: newPath)
        var operations: [JSONPatchOperation] = [.move(from: .to(.maps, path), to: .to(.maps, newPath))]
        operations += dataMove(from: path, to: newPath)
        var scenesUpdated = 0
        for (pointer, scene) in scenesAndLive {
            let renames = Self.nameReferences(in: scene, at: pointer, from: oldName, to: newName)
            scenesUpdated += renames.isEmpty ? 0 : 1
            operations += renames
        }
        return Decision(
            "map.renamed", data: ["name": .string(oldName), "newName": .string(newName)],
            patch: JSONPatch(operations),
            answer: [
                "message": .string("Map renamed from '\(map)' to '\(newName)'"),
                "scenes_updated": .number(scenesUpdated),
            ])
    }

    /// The replacements of a map's name in a scene's `maps` and `activeMapId`.
    private static func nameReferences(
        in scene: JSONValue, at pointer: JSONPointer, from old: String, to new: String
    ) -> [JSONPatchOperation] {
        let maps = pointer.appending("maps")
        var operations: [JSONPatchOperation] = (scene["maps"]?.elements ?? []).enumerated().compactMap { index, map in
            guard map["name"]?.stringValue == old else { return nil }
            return .replace(maps.appending(index).appending("name"), .string(new))
        }
        if scene["activeMapId"]?.stringValue == old {
            operations.append(.replace(pointer.appending("activeMapId"), .string(new)))
        }
        return operations
    }

    /// Moves a map into a folder, which is made if need be; its data and the scenes' `maps[].folder` follow.
    func mapMove(_ map: String, to folder: String?) throws(CommandError) -> Decision {
        let path = try mapPath(map)
        let name = ContentPath.lastComponent(of: path)
        let newPath = try ContentPath.checkedPath(folder: folder, name: name)
        let answer = JSONValue.message("Map '\(map)' moved successfully")
        guard newPath != path else { return Decision(events: [], answer: answer) }
        guard document.entry(.maps, newPath) == nil else { throw .fileExists(name) }
        try refuseFolder(at: newPath)
        try refuseMap(onTheWayTo: newPath)
        var operations = missingFolders(folder, .mapFolders)
        operations.append(.move(from: .to(.maps, path), to: .to(.maps, newPath)))
        operations += dataMove(from: path, to: newPath)
        let oldFolder = ContentPath.parent(of: path)
        operations += folderReferences { shown in
            shown.name == name && shown.folder == oldFolder ? .some(folder) : nil
        }
        return Decision("map.moved", patch: JSONPatch(operations), answer: answer)
    }

    func mapDelete(_ map: String) throws(CommandError) -> Decision {
        let path = try mapPath(map)
        var operations: [JSONPatchOperation] = [.remove(.to(.maps, path))]
        if document.entry(.mapData, path) != nil { operations.append(.remove(.to(.mapData, path))) }
        return Decision(
            "map.deleted", patch: JSONPatch(operations), answer: .message("Map '\(map)' deleted successfully"))
    }

    /// Stores a map's data, whether the map is there or not.
    func mapStoreData(_ folder: String?, name: String, _ data: JSONValue) throws(CommandError) -> Decision {
        let path = try ContentPath.checkedPath(folder: folder, name: name)
        try refuseMap(onTheWayTo: path)
        let operations = missingFolders(folder, .mapFolders) + put(data, at: path, in: .mapData)
        return Decision(
            "map.data-stored", patch: JSONPatch(operations), answer: .message("Map '\(name)' stored successfully"))
    }

    // MARK: Shared parts

    /// The path of a map that must exist.
    private func mapPath(_ map: String) throws(CommandError) -> String {
        guard let path = MapViews.path(ofMap: map, in: document) else {
            throw CommandError(.notFound, "Map '\(map)' not found")
        }
        return path
    }

    /// Moves a map's data, if there is any, and corrects the name and folder inside.
    func dataMove(from path: String, to newPath: String) -> [JSONPatchOperation] {
        guard let data = document.entry(.mapData, path) else { return [] }
        let pointer = JSONPointer.to(.mapData, newPath)
        let folder: JSONValue = ContentPath.parent(of: newPath).map { .string($0) } ?? .null
        return [.move(from: .to(.mapData, path), to: pointer)]
            + Self.set("name", of: data, at: pointer, to: .string(ContentPath.lastComponent(of: newPath)))
            + Self.set("folder", of: data, at: pointer, to: folder)
    }

    /// A file and a folder of one path could not be exported.
    private func refuseFolder(at path: String) throws(CommandError) {
        guard document.entry(.mapFolders, path) != nil else { return }
        throw CommandError(.conflict, "A folder named '\(ContentPath.lastComponent(of: path))' already exists")
    }

    /// The same for a folder that a new path needs.
    func refuseMap(onTheWayTo path: String) throws(CommandError) {
        guard let file = ContentPath.ancestors(of: path).first(where: { document.entry(.maps, $0) != nil }) else {
            return
        }
        throw .fileExists(ContentPath.lastComponent(of: file))
    }

    /// A map as a scene's `maps` refers to it; `folder` is nil for the root.
    struct ShownMap {
        let name: String
        let folder: String?
    }

    /// The changes of `maps[].folder` in every saved scene and the live one.
    ///
    /// - Parameter change: The new folder of a reference (which may be the root, nil), or nil where it stays.
    func folderReferences(_ change: (ShownMap) -> String??) -> [JSONPatchOperation] {
        scenesAndLive.flatMap { pointer, scene in
            (scene["maps"]?.elements ?? []).enumerated().flatMap { index, map -> [JSONPatchOperation] in
                guard let name = map["name"]?.stringValue else { return [] }
                let sent = map["folder"]?.stringValue
                let shown = ShownMap(name: name, folder: sent?.isEmpty == true ? nil : sent)
                guard let folder = change(shown) else { return [] }
                let place = pointer.appending("maps").appending(index)
                return Self.set("folder", of: map, at: place, to: folder.map { .string($0) } ?? .null)
            }
        }
    }
}
