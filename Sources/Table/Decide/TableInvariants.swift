import JSONDocument

/// What always holds in a table's document (state-document.md), for changes that are made by merging.
enum TableInvariants {
    /// The document with what a merge may have taken away although it is still needed.
    ///
    /// Undoing the event that made a folder must not take the folder from under what was put into it since.
    static func restored(in document: JSONValue) throws(CommandError) -> JSONValue {
        var result = document
        do {
            try result.apply(JSONPatch(repairs(document)))
        } catch {
            throw CommandError(.conflict, "What is left can't be brought into order: \(error)")
        }
        return result
    }

    /// The paths at which a document has a map and a folder at once, which a merge may bring about.
    static func clashes(in document: JSONValue) -> [String] {
        document.keys(.maps).filter { document.entry(.mapFolders, $0) != nil }
    }

    private static func repairs(_ document: JSONValue) -> [JSONPatchOperation] {
        let sceneFolders = (document[.scenes].members ?? []).compactMap { SceneDocument.folder(of: $0.value) }
        let mapFolders = (document.keys(.maps) + document.keys(.mapData)).compactMap { ContentPath.parent(of: $0) }
        return missing(sceneFolders, .sceneFolders, document) + missing(mapFolders, .mapFolders, document)
            + orphanedImages(document) + lostMusic(document)
    }

    /// Adds the folders that something lies in, and the parents of all folders.
    private static func missing(
        _ needed: [String], _ member: TableDocument.Member, _ document: JSONValue
    ) -> [JSONPatchOperation] {
        let folders = Set(needed)
        let parents = (Array(folders) + document.keys(member)).flatMap { ContentPath.ancestors(of: $0) }
        return folders.union(parents).sorted()
            .filter { document.entry(member, $0) == nil }
            .map { .add(.to(member, $0), .object([])) }
    }

    /// Removes images whose scene is gone.
    private static func orphanedImages(_ document: JSONValue) -> [JSONPatchOperation] {
        document.keys(.sceneImages).filter { document.entry(.scenes, $0) == nil }
            .map { .remove(.to(.sceneImages, $0)) }
    }

    /// Stops a sound that is gone.
    private static func lostMusic(_ document: JSONValue) -> [JSONPatchOperation] {
        guard let sound = document.entry(.audio, "music")?["sound"]?.stringValue,
            document.entry(.sounds, sound) == nil
        else { return [] }
        return [.replace(.to(.audio, "music"), .null)]
    }
}
