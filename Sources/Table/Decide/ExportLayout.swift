import JSONDocument

/// One file of an export.
package struct ExportEntry: Sendable {
    /// What the file holds.
    package enum Content: Sendable {
        case bytes([UInt8])
        case blob(BlobReference)
    }

    /// Its path in the archive or folder: `maps/…`, `scenes/…`, `sounds/…`.
    package let path: String
    package let content: Content
}

/// The table as the old server's files, which ``ImportPlanner`` reads back (contract, section 2, "On disk").
package enum ExportLayout {
    /// Every file of the table, in the order maps, scenes, sounds, each sorted by path.
    ///
    /// - Throws: ``CommandError/Code/invalid`` naming an entry that refers to no blob: a complete export or an error.
    package static func entries(of document: JSONValue) throws(CommandError) -> [ExportEntry] {
        try filtered(document, selection: .all)
    }

    /// The files that a selection takes.
    ///
    /// - Throws: As ``entries(of:)``.
    package static func filtered(
        _ document: JSONValue, selection: ContentSelection
    ) throws(CommandError) -> [ExportEntry] {
        var entries: [ExportEntry] = []
        if selection.maps { entries += try maps(document) }
        if selection.scenes { entries += try scenes(document) }
        if selection.audio { entries += try blobs(document, .sounds, below: "sounds") }
        return entries.filter { selection.includes($0.path) }
    }

    private static func maps(_ document: JSONValue) throws(CommandError) -> [ExportEntry] {
        let data = (document[.mapData].members ?? []).map { path, data in
            ExportEntry(path: "maps/\(path).json", content: .bytes(data.serialized()))
        }
        return sorted(try blobs(document, .maps, below: "maps") + data)
    }

    private static func scenes(_ document: JSONValue) throws(CommandError) -> [ExportEntry] {
        var entries: [ExportEntry] = []
        if document[.live].isObject {
            let path = "scenes/\(ImportPlanner.liveSceneName).json"
            entries.append(ExportEntry(path: path, content: .bytes(document[.live].serialized())))
        }
        for (id, scene) in document[.scenes].members ?? [] {
            let path = ContentPath.join(SceneDocument.folder(of: scene), "\(id).json")
            entries.append(ExportEntry(path: "scenes/\(path)", content: .bytes(scene.serialized())))
            entries += try images(ofScene: id, SceneDocument.folder(of: scene), document)
        }
        return sorted(entries)
    }

    private static func images(
        ofScene scene: String, _ folder: String?, _ document: JSONValue
    ) throws(CommandError) -> [ExportEntry] {
        var entries: [ExportEntry] = []
        for (id, entry) in document.entry(.sceneImages, scene)?.members ?? [] {
            guard let blob = BlobReference(entry), let name = entry["name"]?.stringValue else {
                throw damaged(.to(.sceneImages, scene, id))
            }
            let path = SceneImages.path(folder: folder, imageID: id, name: name)
            entries.append(ExportEntry(path: "scenes/\(path)", content: .blob(blob)))
        }
        return entries
    }

    private static func blobs(
        _ document: JSONValue, _ member: TableDocument.Member, below folder: String
    ) throws(CommandError) -> [ExportEntry] {
        var entries: [ExportEntry] = []
        for (path, entry) in document[member].members ?? [] {
            guard let blob = BlobReference(entry) else { throw damaged(.to(member, path)) }
            entries.append(ExportEntry(path: "\(folder)/\(path)", content: .blob(blob)))
        }
        return sorted(entries)
    }

    private static func sorted(_ entries: [ExportEntry]) -> [ExportEntry] {
        entries.sorted { $0.path < $1.path }
    }

    private static func damaged(_ pointer: JSONPointer) -> CommandError {
        CommandError(.invalid, "The table can't be exported: \(pointer.text) names no blob")
    }
}
