import JSONDocument

extension Deciding {
    func sceneFolderCreate(_ path: String) throws(CommandError) -> Decision {
        guard document.entry(.sceneFolders, path) == nil else {
            throw CommandError(.exists, "Folder already exists")
        }
        return Decision(
            "scene-folder.created", patch: JSONPatch(missingFolders(path, .sceneFolders)),
            answer: .message("Folder created successfully"))
    }

    /// Renames a folder with all below it; the scenes' folders and image paths follow (contract, section 7, F17).
    func sceneFolderRename(_ path: String, to newName: String) throws(CommandError) -> Decision {
        guard document.entry(.sceneFolders, path) != nil else { throw .folderNotFound }
        let newPath = ContentPath.join(ContentPath.parent(of: path), newName)
        guard !newName.isEmpty, document.entry(.sceneFolders, newPath) == nil else {
            throw CommandError(.exists, "A folder named '\(newName)' already exists")
        }
        var operations = moves(.sceneFolders, from: path, to: newPath)
        for (pointer, scene) in scenesAndLive {
            guard let folder = SceneDocument.folder(of: scene),
                let newFolder = ContentPath.rebased(folder, from: path, to: newPath)
            else { continue }
            operations.append(.replace(pointer.appending("folder"), .string(newFolder)))
            operations += Self.imagePaths(of: scene, at: pointer, from: path, to: newPath)
        }
        return Decision(
            "scene-folder.renamed", data: ["path": .string(path), "newName": .string(newName)],
            patch: JSONPatch(operations), answer: .message("Folder renamed successfully"))
    }

    /// Rewrites the image paths of a scene that lie in the renamed folder.
    private static func imagePaths(
        of scene: JSONValue, at pointer: JSONPointer, from old: String, to new: String
    ) -> [JSONPatchOperation] {
        let images = pointer.appending("images")
        return (scene["images"]?.elements ?? []).enumerated().compactMap { index, image in
            guard let path = image["path"]?.stringValue,
                let newPath = ContentPath.rebased(path, from: old, to: new)
            else { return nil }
            return .replace(images.appending(index).appending("path"), .string(newPath))
        }
    }

    /// Deletes a folder with all below it: folders, scenes, and the scenes' images.
    func sceneFolderDelete(_ path: String) throws(CommandError) -> Decision {
        guard document.entry(.sceneFolders, path) != nil else { throw .folderNotFound }
        var operations = keys(.sceneFolders, atOrBelow: path).map { JSONPatchOperation.remove(.to(.sceneFolders, $0)) }
        for (id, scene) in document[.scenes].members ?? [] {
            guard let folder = SceneDocument.folder(of: scene), ContentPath.isAtOrBelow(folder, path) else { continue }
            operations += removal(ofScene: id)
        }
        return Decision(
            "scene-folder.deleted", data: ["path": .string(path)], patch: JSONPatch(operations),
            answer: .message("Folder deleted successfully"))
    }
}

extension CommandError {
    fileprivate static let folderNotFound = CommandError(.notFound, "Folder not found")
}
