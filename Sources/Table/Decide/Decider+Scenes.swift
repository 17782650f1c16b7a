import JSONDocument

extension Deciding {
    /// Saves a scene under a new id, whatever id the client gave it.
    func sceneSave(_ sent: JSONValue) throws(CommandError) -> Decision {
        let id = unusedID { document.entry(.scenes, $0) == nil }
        var scene = sent
        scene.setMember("id", to: .string(id))
        let bound = SceneImages.bind(scene, id: id, in: document)
        var operations = missingFolders(SceneDocument.folder(of: scene), .sceneFolders)
        operations.append(.add(.to(.scenes, id), bound.scene))
        operations += SceneImages.additions(bound.entries, to: id, in: document)
        let answer: JSONValue = ["message": "Scene saved successfully", "id": .string(id)]
        // The client's own id is in no patch, and an audit may want to know which of its scenes this became.
        return Decision(
            "scene.saved", data: ["clientId": sent["id"] ?? .null], patch: JSONPatch(operations), answer: answer)
    }

    /// Replaces a scene; the id of the path wins over the body's (contract, section 7, F7).
    func sceneUpdate(_ id: String, _ sent: JSONValue) throws(CommandError) -> Decision {
        let present = try savedScene(id)
        var scene = sent
        scene.setMember("id", to: .string(id))
        let bound = SceneImages.bind(scene, id: id, in: document)
        var operations = missingFolders(SceneDocument.folder(of: scene), .sceneFolders)
        operations += JSONDiff.patch(from: present, to: bound.scene, at: .to(.scenes, id)).operations
        operations += SceneImages.additions(bound.entries, to: id, in: document)
        return Decision(
            "scene.updated", data: Self.named(present), patch: JSONPatch(operations),
            answer: .message("Scene updated successfully"))
    }

    func sceneDelete(_ id: String) throws(CommandError) -> Decision {
        let scene = try savedScene(id)
        return Decision(
            "scene.deleted", data: Self.named(scene), patch: JSONPatch(removal(ofScene: id)),
            answer: .message("Scene deleted successfully"))
    }

    /// Removes a scene and its images (contract, section 7, F27).
    func removal(ofScene id: String) -> [JSONPatchOperation] {
        let images = document.entry(.sceneImages, id) == nil ? [] : [JSONPatchOperation.remove(.to(.sceneImages, id))]
        return [.remove(.to(.scenes, id))] + images
    }

    func sceneImageAdd(_ id: String, name: String, _ blob: BlobReference) throws(CommandError) -> Decision {
        try ContentPath.checkedName(name)
        guard MediaType.image(forName: name) != nil else { throw .notAnImage }
        let scene = try savedScene(id)
        let imageID = unusedID { document.value(at: .to(.sceneImages, id, $0)) == nil }
        let fileName = try ContentPath.checkedName("\(imageID)_\(name)")
        let path = SceneImages.path(folder: SceneDocument.folder(of: scene), imageID: imageID, name: name)
        guard path.utf8.count <= ContentPath.pathByteCountMax else {
            throw CommandError(.invalid, "The path of '\(fileName)' is too long")
        }
        let listed: JSONValue = ["id": .string(imageID), "name": .string(name), "path": .string(path)]
        let images = JSONPointer.to(.scenes, id, "images")
        var operations: [JSONPatchOperation] =
            scene["images"]?.isArray == true ? [.add(images.appending("-"), listed)] : [.add(images, [listed])]
        operations += SceneImages.additions([(imageID, blob.imageEntry(name: name))], to: id, in: document)
        return Decision(
            "scene.image-added", data: Self.named(scene), patch: JSONPatch(operations),
            answer: ["message": "Image uploaded successfully", "image_id": .string(imageID)])
    }

    /// Removes an image's file and its listing; either may be gone already, since an update can replace the listing.
    func sceneImageRemove(_ id: String, _ imageID: String) throws(CommandError) -> Decision {
        let scene = try savedScene(id)
        let listing = scene["images"]?.elements ?? []
        var operations: [JSONPatchOperation] = listing.indices.reversed()
            .filter { listing[$0]["id"]?.stringValue == imageID }
            .map { .remove(.to(.scenes, id, "images", String($0))) }
        if let files = document.entry(.sceneImages, id), files[imageID] != nil {
            let last = files.count == 1
            operations.append(.remove(last ? .to(.sceneImages, id) : .to(.sceneImages, id, imageID)))
        }
        guard !operations.isEmpty else { throw CommandError(.notFound, "Image not found") }
        return Decision(
            "scene.image-removed", data: Self.named(scene), patch: JSONPatch(operations),
            answer: .message("Image deleted successfully"))
    }

    // MARK: Shared parts

    private func savedScene(_ id: String) throws(CommandError) -> JSONValue {
        guard let scene = document.entry(.scenes, id) else { throw CommandError(.notFound, "Scene not found") }
        return scene
    }

    /// A new id; asks again in the case, for all purposes impossible, that it is taken.
    private func unusedID(_ isUnused: (String) -> Bool) -> String {
        var id = context.makeUUID()
        while !isUnused(id) { id = context.makeUUID() }
        return id
    }

    /// The scene's name as an event's data: the patch of a change doesn't hold it, and people know scenes by it.
    private static func named(_ scene: JSONValue) -> JSONValue {
        .object([(key: "name", value: scene["name"] ?? .null)])
    }
}
