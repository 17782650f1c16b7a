import JSONDocument

extension Deciding {
    /// Creates a folder; one that exists already is fine (contract, section 3).
    func mapFolderCreate(_ path: String, name: String) throws(CommandError) -> Decision {
        try refuseMap(onTheWayTo: path + "/")
        return Decision(
            "map-folder.created", patch: JSONPatch(missingFolders(path, .mapFolders)),
            answer: .message("Folder '\(name)' created successfully"))
    }

    /// Renames a folder with all below it: folders, maps, their data, and the scenes' `maps[].folder`.
    func mapFolderRename(_ folder: String, to newName: String) throws(CommandError) -> Decision {
        let path = try mapFolder(folder)
        let newPath = ContentPath.join(ContentPath.parent(of: path), newName)
        guard document.entry(.mapFolders, newPath) == nil else {
            throw CommandError(.exists, "A folder named '\(newName)' already exists")
        }
        try refuseMap(onTheWayTo: newPath + "/")
        var operations = moves(.mapFolders, from: path, to: newPath)
        operations += moves(.maps, from: path, to: newPath)
        for key in keys(.mapData, atOrBelow: path) {
            guard let newKey = ContentPath.rebased(key, from: path, to: newPath) else { continue }
            operations += dataMove(from: key, to: newKey)
        }
        operations += folderReferences { shown in
            guard let folder = shown.folder else { return nil }
            return ContentPath.rebased(folder, from: path, to: newPath).map { .some($0) }
        }
        return Decision(
            "map-folder.renamed", data: ["path": .string(path), "newName": .string(newName)],
            patch: JSONPatch(operations), answer: .message("Folder renamed successfully"))
    }

    /// Deletes a folder with all below it: folders, maps and their data.
    func mapFolderDelete(_ folder: String) throws(CommandError) -> Decision {
        let path = try mapFolder(folder)
        let operations = [TableDocument.Member.mapFolders, .maps, .mapData].flatMap { member in
            keys(member, atOrBelow: path).map { JSONPatchOperation.remove(.to(member, $0)) }
        }
        return Decision(
            "map-folder.deleted", data: ["path": .string(path)], patch: JSONPatch(operations),
            answer: .message("Folder '\(folder)' deleted successfully"))
    }

    private func mapFolder(_ name: String) throws(CommandError) -> String {
        switch MapViews.folder(named: name, in: document) {
        case .found(let path): return path
        case .missing: throw CommandError(.notFound, "Folder '\(name)' not found")
        case .ambiguous(let paths):
            throw CommandError(
                .conflict, "Several folders are named '\(name)', use the whole path: \(paths.joined(separator: ", "))")
        }
    }
}
