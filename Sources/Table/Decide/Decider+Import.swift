import JSONDocument

extension Deciding {
    /// Puts everything that an import brings over what is there; what it doesn't bring stays.
    func tableImport(_ plan: ImportPlan) throws(CommandError) -> Decision {
        var operations = try folders(plan)
        for (path, blob) in plan.maps.sorted(by: { $0.key < $1.key }) {
            operations += put(blob.entry, at: path, in: .maps)
        }
        for (path, data) in plan.mapData.sorted(by: { $0.key < $1.key }) {
            operations += put(data, at: path, in: .mapData)
        }
        let scenes = scenes(plan)
        operations += scenes.operations
        for (path, blob) in plan.sounds.sorted(by: { $0.key < $1.key }) {
            try checkSoundPath(path)
            operations += put(blob.entry, at: path, in: .sounds)
        }
        if let live = plan.live {
            operations += JSONDiff.patch(from: document[.live], to: live, at: .to(.live)).operations
        }
        return try Decision.group(
            "table.imported", data: plan.counts.data, patch: JSONPatch(operations),
            answer: plan.answer(unlisted: Set(plan.sceneImages.keys).subtracting(scenes.listedImages)))
    }

    /// The folders that the plan names, and those that its maps, map data and scenes lie in.
    private func folders(_ plan: ImportPlan) throws(CommandError) -> [JSONPatchOperation] {
        let maps = plan.maps.keys.flatMap { ContentPath.ancestors(of: $0) }
        let data = plan.mapData.keys.flatMap { ContentPath.ancestors(of: $0) }
        let mapFolders = plan.mapFolders.union(maps).union(data)
        let scenes = plan.scenes.values.compactMap { SceneDocument.folder(of: $0) }
        let sceneFolders = plan.sceneFolders.union(scenes)
        for path in plan.maps.keys where mapFolders.contains(path) || document.entry(.mapFolders, path) != nil {
            throw CommandError(.conflict, "'maps/\(path)' is both a folder and a file")
        }
        for path in mapFolders where document.entry(.maps, path) != nil {
            throw .fileExists(ContentPath.lastComponent(of: path))
        }
        return missing(mapFolders, .mapFolders) + missing(sceneFolders, .sceneFolders)
    }

    /// Like ``missingFolders(_:_:)`` for many folders, each named once.
    private func missing(_ folders: Set<String>, _ member: TableDocument.Member) -> [JSONPatchOperation] {
        let all = folders.union(folders.flatMap { ContentPath.ancestors(of: $0) })
        return all.filter { document.entry(member, $0) == nil }.sorted().map { .add(.to(member, $0), .object([])) }
    }

    /// The scenes with the images that they list, and images of the archive that scenes of the table list.
    private func scenes(_ plan: ImportPlan) -> (operations: [JSONPatchOperation], listedImages: Set<String>) {
        var operations: [JSONPatchOperation] = []
        var listed: Set<String> = []
        var scenes = plan.scenes
        if !plan.sceneImages.isEmpty {
            for (id, scene) in document[.scenes].members ?? [] where scenes[id] == nil { scenes[id] = scene }
        }
        for (id, scene) in scenes.sorted(by: { $0.key < $1.key }) {
            let own = document.entry(.sceneImages, id)
            let bound = SceneImages.bind(scene) { imageID, path in
                if let entry = plan.imageEntry(at: path, id: imageID) {
                    listed.insert(path)
                    return entry
                }
                return own?[imageID] ?? SceneImages.entry(at: path, in: document)
            }
            operations += put(bound.scene, at: id, in: .scenes)
            operations += SceneImages.additions(bound.entries, to: id, in: document)
        }
        return (operations, listed)
    }
}

extension ImportPlan {
    /// The entry for an image file of the archive; its name is the file's, without the image's id before it.
    fileprivate func imageEntry(at path: String, id: String) -> JSONValue? {
        guard let blob = sceneImages[path] else { return nil }
        let fileName = ContentPath.lastComponent(of: path)
        let prefix = id + "_"
        let name = fileName.hasPrefix(prefix) ? String(fileName.dropFirst(prefix.count)) : fileName
        return blob.imageEntry(name: name)
    }

    /// What `POST /backup/import` answers (contract, section 3, "Backup"); the last member is an addition to it.
    ///
    /// - Parameter unlisted: Image files that no scene lists, so that they belong to none.
    fileprivate func answer(unlisted: Set<String>) -> JSONValue {
        let kinds: [(key: String, value: JSONValue)] = [
            (key: "maps", value: .number(counts.maps)), (key: "scenes", value: .number(counts.scenes)),
            (key: "sounds", value: .number(counts.sounds)), (key: "campaigns", value: 0), (key: "diary", value: 0),
            (key: "users", value: 0), (key: "other", value: .number(counts.other)),
        ]
        let images = unlisted.sorted().map { Skipped(path: "scenes/\($0)", reason: "no scene lists this image") }
        let left = (skipped + images).map { entry -> JSONValue in
            ["path": .string(entry.path), "reason": .string(entry.reason)]
        }
        return .object([
            (key: "message", value: "Backup imported successfully"),
            (key: "extracted_files", value: .number(counts.extracted)),
            (key: "processed_files", value: .object(kinds)),
            (key: "total_size", value: .number(counts.totalSize)), (key: "skipped", value: .array(left)),
        ])
    }
}

extension ImportCounts {
    /// The counts as an event's data.
    fileprivate var data: JSONValue {
        ["maps": .number(maps), "scenes": .number(scenes), "sounds": .number(sounds)]
    }
}
