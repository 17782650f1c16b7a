import JSONDocument

extension Command {
    /// The things that a command addresses, for `ifOffset`.
    ///
    /// Pointers of the second level, or of the first where it is about a whole part (`/live`), or the root where it is
    /// about everything. Empty where it makes something new.
    ///
    /// Maps and map folders by a bare name are resolved in the document; one that isn't there is addressed as it was
    /// named, and the decision refuses it.
    package func addressed(in document: JSONValue) -> [JSONPointer] {
        switch self {
        case .mapRename(let map, _), .mapMove(let map, _), .mapDelete(let map):
            let path = MapViews.path(ofMap: map, in: document) ?? map
            return [.to(.maps, path), .to(.mapData, path)]
        case .mapFolderRename(let folder, _), .mapFolderDelete(let folder):
            if case .found(let path) = MapViews.folder(named: folder, in: document) { return [.to(.mapFolders, path)] }
            return [.to(.mapFolders, folder)]
        default: return addressed
        }
    }

    /// Like ``addressed(in:)``, with maps and map folders taken as whole paths.
    package var addressed: [JSONPointer] {
        switch self {
        case .liveScene: [.to(.live)]
        case .livePatch(let patch): Self.addressedInLive(patch)
        case .viewerBlank: [.to(.viewer, "blank")]
        case .viewerRotate: [.to(.viewer, "rotated")]
        case .viewerNightMode: [.to(.viewer, "nightMode")]
        case .sceneUpdate(let id, _), .sceneDelete(let id), .sceneImageAdd(let id, _, _), .sceneImageRemove(let id, _):
            [.to(.scenes, id), .to(.sceneImages, id)]
        case .sceneFolderCreate(let path), .sceneFolderRename(let path, _), .sceneFolderDelete(let path):
            [.to(.sceneFolders, path)]
        case .mapUpload(let folder, let name, _): [.to(.maps, ContentPath.join(folder, name))]
        case .mapRename(let map, _), .mapMove(let map, _), .mapDelete(let map): [.to(.maps, map), .to(.mapData, map)]
        case .mapStoreData(let folder, let name, _): [.to(.mapData, ContentPath.join(folder, name))]
        case .mapFolderCreate(let path, _): [.to(.mapFolders, path)]
        case .mapFolderRename(let folder, _), .mapFolderDelete(let folder): [.to(.mapFolders, folder)]
        case .soundAdd(let path, _), .soundMove(let path, _), .soundRemove(let path): [.to(.sounds, path)]
        case .audioPlay, .audioPause, .audioStop, .audioVolume: [.to(.audio, "music")]
        case .tableRestore, .tableUndo, .restoreRequest, .undoRequest, .redoRequest: [.root]
        case .sceneSave, .tableImport, .effect: []
        }
    }

    /// The members of the live scene that a patch touches, or the whole of it.
    private static func addressedInLive(_ patch: JSONPatch) -> [JSONPointer] {
        let pointers = LivePatch.absolute(patch).operations.flatMap(\.touched)
        guard pointers.allSatisfy({ $0.tokens.count > 1 }) else { return [.to(.live)] }
        return pointers.map { .to(.live, $0.tokens[1]) }
    }
}
