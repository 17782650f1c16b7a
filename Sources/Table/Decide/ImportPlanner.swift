import JSONDocument

/// Sorts the entries of an archive or an old data folder into an ``ImportPlan``.
///
/// Paths are those of the old server's data folders and of the backup archive alike: `maps/Act 1/x.png`,
/// `maps/Act 1/x.png.json`, `scenes/…/<id>.json`, `scenes/current_scene.json`, `scenes/…/images/<id>_<name>`,
/// `sounds/loop/…`. A path that breaks the rules refuses the whole import (contract, section 7, F35); a document that
/// can't be read is left out and listed in ``ImportPlan/skipped`` (F24).
package struct ImportPlanner: Sendable {
    /// What is taken; entries that aren't selected count for nothing.
    package let selection: ContentSelection
    private var plan = ImportPlan()

    package init(selection: ContentSelection = .all) {
        self.selection = selection
    }

    /// What an entry is; nil if its path breaks the rules, and the import must be refused.
    ///
    /// A path that ends in a slash is a folder, and skipped (contract, section 7, F31).
    package static func wants(_ path: String) -> ImportKind? {
        let isFolder = path.utf8.last == UInt8(ascii: "/")
        let checked = isFolder ? String(path.dropLast()) : path
        guard ContentPath.fault(inPath: checked) == nil else { return nil }
        return isFolder ? .skip : place(of: path).kind
    }

    /// Takes an entry.
    ///
    /// - Throws: ``CommandError/Code/invalid`` if its path breaks the rules.
    package mutating func add(path: String, content: ImportContent) throws(CommandError) {
        try ContentPath.requireValid(path)
        guard selection.includes(path) else { return }
        switch (Self.place(of: path), content) {
        case (.map(let map), .blob(let blob)):
            plan.maps[map] = BlobReference(sha256: blob.sha256, size: blob.size, mediaType: MediaType.forName(map))
            count(\.maps, content)
        case (.sound(let sound), .blob(let blob)):
            plan.sounds[sound] = BlobReference(
                sha256: blob.sha256, size: blob.size, mediaType: MediaType.forName(sound))
            count(\.sounds, content)
        case (.sceneImage(let image), .blob(let blob)):
            plan.sceneImages[image] = BlobReference(
                sha256: blob.sha256, size: blob.size, mediaType: MediaType.forName(image))
            count(\.scenes, content)
        case (.mapData(let map), .document(let bytes)): addMapData(map, bytes, path, content)
        case (.scene(let folder, let name), .document(let bytes)): addScene(folder, name, bytes, path, content)
        case (.liveScene, .document(let bytes)): addLiveScene(bytes, path, content)
        default: plan.counts.other += 1
        }
    }

    /// Counts an entry that ``wants(_:)`` answered with `skip`; a folder counts for nothing, but comes along.
    ///
    /// - Throws: ``CommandError/Code/invalid`` if its path breaks the rules.
    package mutating func skip(path: String) throws(CommandError) {
        if path.utf8.last == UInt8(ascii: "/") {
            try addFolder(path: path)
        } else if selection.includes(path) {
            plan.counts.other += 1
        }
    }

    /// Takes a folder, so that an empty one comes along; folders of files come by themselves.
    ///
    /// - Throws: ``CommandError/Code/invalid`` if its path breaks the rules.
    package mutating func addFolder(path: String) throws(CommandError) {
        guard let path = try ContentPath.checkedFolder(path) else { return }
        let parts = ContentPath.components(of: path)
        let folder = parts.dropFirst().joined(separator: "/")
        guard !folder.isEmpty, selection.includes(ContentPath.join(path, "any")) else { return }
        switch parts[0] {
        case "maps": plan.mapFolders.insert(folder)
        case "scenes" where parts.last != "images": plan.sceneFolders.insert(folder)
        default: break
        }
    }

    /// Everything taken so far.
    package func finish() -> ImportPlan {
        plan
    }

    // MARK: Documents

    private mutating func addMapData(_ map: String, _ bytes: [UInt8], _ path: String, _ content: ImportContent) {
        guard let body = object(bytes, path) else { return }
        guard let data = body["data"], data.isObject else { return leaveOut(path, "it has no object 'data'") }
        plan.mapData[map] = MapDocument.stored(
            body, folder: ContentPath.parent(of: map), name: ContentPath.lastComponent(of: map))
        count(\.maps, content)
    }

    private mutating func addLiveScene(_ bytes: [UInt8], _ path: String, _ content: ImportContent) {
        guard let scene = object(bytes, path) else { return }
        plan.live = scene
        count(\.scenes, content)
    }

    /// The scene's own `folder` counts, as the web client goes by it; the file's place only if it says nothing.
    private mutating func addScene(
        _ folder: String?, _ name: String, _ bytes: [UInt8], _ path: String, _ content: ImportContent
    ) {
        guard var body = object(bytes, path) else { return }
        let sent = body["folder"]?.stringValue
        if body["folder"] == nil || sent.flatMap({ $0.isEmpty ? nil : ContentPath.fault(inPath: $0) }) != nil {
            body.setMember("folder", to: folder.map { .string($0) } ?? .null)
        }
        do {
            let scene = try SceneDocument.stored(from: body)
            guard let id = scene["id"]?.stringValue, Self.isSceneID(id) else {
                return leaveOut(path, "its id can't be a file's name")
            }
            plan.scenes[id] = scene
            count(\.scenes, content)
        } catch {
            leaveOut(path, error.message)
        }
    }

    /// A scene's id is the name of its file in an export, and `current_scene` that of the live scene.
    private static func isSceneID(_ id: String) -> Bool {
        ContentPath.fault(inName: id + ".json") == nil && !id.isEmpty && id != liveSceneName
    }

    private mutating func object(_ bytes: [UInt8], _ path: String) -> JSONValue? {
        do {
            let value = try JSONValue.parse(bytes)
            if value.isObject { return value }
            leaveOut(path, "it is no JSON object")
        } catch {
            leaveOut(path, "it is no valid JSON: \(error.expected) expected at byte \(error.offset)")
        }
        return nil
    }

    /// Notes an entry that isn't taken, and why.
    package mutating func leaveOut(_ path: String, _ reason: String) {
        plan.skipped.append(ImportPlan.Skipped(path: path, reason: reason))
    }

    private mutating func count(_ kind: WritableKeyPath<ImportCounts, Int>, _ content: ImportContent) {
        plan.counts[keyPath: kind] += 1
        plan.counts.totalSize += content.byteCount
    }

    // MARK: Places

    /// The name of the live scene's file, without `.json`.
    static let liveSceneName = "current_scene"

    /// What a path stands for; the payloads are paths as the document has them.
    private enum Place {
        case map(String), mapData(String), scene(folder: String?, name: String), liveScene, sceneImage(String)
        case sound(String), other

        var kind: ImportKind {
            switch self {
            case .mapData, .scene, .liveScene: .document
            case .map, .sceneImage, .sound: .blob
            case .other: .skip
            }
        }
    }

    private static func place(of path: String) -> Place {
        let parts = ContentPath.components(of: path)
        guard parts.count > 1, let name = parts.last else { return .other }
        let below = parts.dropFirst().joined(separator: "/")
        let stem = name.hasSuffix(".json") && name.count > 5 ? String(name.dropLast(5)) : nil
        switch parts[0] {
        case "maps":
            if MediaType.image(forName: name) != nil { return .map(below) }
            return stem == nil ? .other : .mapData(String(below.dropLast(5)))
        case "scenes":
            if below == liveSceneName + ".json" { return .liveScene }
            if let stem { return .scene(folder: ContentPath.parent(of: below), name: stem) }
            return parts.dropLast().last == "images" ? .sceneImage(below) : .other
        case "sounds": return SoundPath.split(below) == nil ? .other : .sound(below)
        default: return .other
        }
    }
}
