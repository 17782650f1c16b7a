import JSONDocument

extension Command {
    /// Reads a command and checks everything that needs no look at the document.
    ///
    /// - Parameters:
    ///   - name: One of sync-protocol.md's names, or `audio.playback`, whose `action` says which `audio.…` it is.
    ///   - data: The command's `data`, or the REST body as it came; null if there is none. Both spellings of the
    ///     fields are taken, the protocol's (`path`, `newName`) and the contract's (`folder_name`, `new_name`).
    ///   - parameters: What REST takes from the URL (`id`, `imageId`, `path`, `name`), percent-decoded. They win over
    ///     the data's members of these names and aren't part of the body that a 422 shows.
    /// - Throws: `validation` with the list of fields (422), `invalid` for a path or name that breaks the rules (400),
    ///   `unsupported` for a name that is no command.
    package static func parse(
        name: String, data: JSONValue, parameters: [String: String] = [:]
    ) throws(CommandError) -> Command {
        var body = BodyReader(data, parameters: parameters)
        let command =
            switch name.prefix(while: { $0 != "." }) {
            case "live": try live(name, body)
            case "viewer": try viewer(name, &body)
            case "scene": try scene(name, &body)
            case "scene-folder": try sceneFolder(name, &body)
            case "map": try map(name, &body)
            case "map-folder": try mapFolder(name, &body)
            case "sound": try sound(name, &body)
            case "audio": try playback(name, &body)
            case "table": try table(name, &body)
            default: Command?.none
            }
        guard let command else { throw CommandError(.unsupported, "Unknown command '\(name)'") }
        return command
    }

    private static func live(_ name: String, _ body: BodyReader) throws(CommandError) -> Command? {
        guard name == "live.change" else { return nil }
        let data = body.data
        try body.requireObject()
        if let scene = data["scene"] {
            guard scene.isObject else {
                throw CommandError(fields: [.wrongType(.dictionary, ["scene"], input: scene)])
            }
            return .liveScene(scene: scene, bases: [])
        }
        guard let patch = data["patch"] else {
            throw CommandError(fields: [.missing(["patch"], input: data)])
        }
        guard patch.kind == .array else { throw CommandError(fields: [.wrongType(.list, ["patch"], input: patch)]) }
        try LivePatch.check(operationCount: patch.count)
        do {
            return .livePatch(try JSONPatch(patch))
        } catch {
            throw CommandError(fields: [
                FieldError(type: "value_error", loc: ["patch"], msg: "Value error, \(error)", input: patch)
            ])
        }
    }

    private static func viewer(_ name: String, _ body: inout BodyReader) throws(CommandError) -> Command? {
        switch name {
        case "viewer.blank": return .viewerBlank(true)
        case "viewer.unblank": return .viewerBlank(false)
        case "viewer.rotate": return .viewerRotate(true)
        case "viewer.unrotate": return .viewerRotate(false)
        case "viewer.night-mode":
            try body.requireObject()
            let enabled = body.optionalBool("enabled")
            let brightness = body.optionalNumber("brightness")
            try body.finish()
            return .viewerNightMode(enabled: enabled, brightness: brightness)
        default: return nil
        }
    }

    private static func scene(_ name: String, _ body: inout BodyReader) throws(CommandError) -> Command? {
        switch name {
        case "scene.save":
            return .sceneSave(scene: try SceneDocument.stored(from: body.data))
        case "scene.update":
            let scene = try SceneDocument.stored(from: body.data)
            return .sceneUpdate(id: body.parameter("id"), scene: scene)
        case "scene.delete":
            let id = body.parameter("id")
            try body.finish()
            return .sceneDelete(id: id)
        case "scene.image-remove":
            let (scene, image) = (body.parameter("id"), body.parameter("imageId", "image_id"))
            try body.finish()
            return .sceneImageRemove(sceneID: scene, imageID: image)
        default: return nil
        }
    }

    private static func sceneFolder(_ name: String, _ body: inout BodyReader) throws(CommandError) -> Command? {
        switch name {
        case "scene-folder.create":
            try body.requireObject()
            let name = body.requiredString(["folder_name", "path"])
            let parent = body.optionalString("parent_folder")
            try body.finish()
            return .sceneFolderCreate(path: try folderPath(name, in: parent))
        case "scene-folder.rename":
            try body.requireObject()
            let path = body.parameter("path")
            let newName = body.requiredString(["new_name", "newName"])
            try body.finish()
            // An empty name is refused like a taken one, after the look-up, as the contract has it.
            if !newName.isEmpty { try ContentPath.checkedName(newName, what: "Folder name") }
            return .sceneFolderRename(path: path, newName: newName)
        case "scene-folder.delete":
            let path = body.parameter("path")
            try body.finish()
            return .sceneFolderDelete(path: path)
        default: return nil
        }
    }

    private static func map(_ name: String, _ body: inout BodyReader) throws(CommandError) -> Command? {
        switch name {
        case "map.rename":
            let newName = try newMapOrFolderName(&body)
            let map = body.parameter("path", "name")
            try body.finish()
            guard MediaType.image(forName: newName) != nil else { throw CommandError(.invalid, .imageNamesOnly) }
            return .mapRename(map: map, newName: newName)
        case "map.move":
            try body.requireObject(.dictionary)
            body.requireStrings(orNull: ["folder"])
            let map = body.parameter("path", "name")
            try body.finish()
            return .mapMove(map: map, folder: try ContentPath.checkedFolder(body.data["folder"]?.stringValue))
        case "map.delete":
            let map = body.parameter("path", "name")
            try body.finish()
            return .mapDelete(map: map)
        case "map.store-data":
            return try mapData(&body)
        default: return nil
        }
    }

    private static func mapData(_ body: inout BodyReader) throws(CommandError) -> Command {
        try body.requireObject()
        let name = body.requiredString("name")
        let sentFolder = body.optionalString("folder")
        if let data = body.data["data"] {
            if !data.isObject { body.refuse(.wrongType(.dictionary, ["data"], input: data)) }
        } else {
            body.refuse(.missing(["data"], input: body.data))
        }
        try body.finish()
        let folder = try ContentPath.checkedFolder(sentFolder)
        _ = try ContentPath.checkedPath(folder: folder, name: ContentPath.checkedName(name))
        return .mapStoreData(
            folder: folder, name: name, document: MapDocument.stored(body.data, folder: folder, name: name))
    }

    private static func mapFolder(_ name: String, _ body: inout BodyReader) throws(CommandError) -> Command? {
        switch name {
        case "map-folder.create":
            try body.requireObject(.dictionary)
            body.requireStrings()
            try body.finish()
            let name = body.value(["folder_name", "path"])?.stringValue ?? ""
            guard !name.isEmpty else { throw CommandError(.invalid, "Folder name is required") }
            let path = try folderPath(name, in: body.data["parent_folder"]?.stringValue)
            return .mapFolderCreate(path: path, name: name)
        case "map-folder.rename":
            let newName = try newMapOrFolderName(&body)
            let folder = body.parameter("path", "name")
            try body.finish()
            return .mapFolderRename(folder: folder, newName: newName)
        case "map-folder.delete":
            let folder = body.parameter("path", "name")
            try body.finish()
            return .mapFolderDelete(folder: folder)
        default: return nil
        }
    }

    private static func sound(_ name: String, _ body: inout BodyReader) throws(CommandError) -> Command? {
        switch name {
        case "sound.move":
            try body.requireObject()
            let path = body.parameter("path")
            // In REST the URL says which sound, so the body's `path` is where it goes.
            let target = body.requiredString(body.parameters["path"] == nil ? ["to"] : ["to", "path"])
            try body.finish()
            return .soundMove(path: path, to: try SoundPath.checked(target, besides: path))
        case "sound.remove":
            let path = body.parameter("path")
            try body.finish()
            return .soundRemove(path: path)
        default: return nil
        }
    }

    private static func playback(_ name: String, _ body: inout BodyReader) throws(CommandError) -> Command? {
        switch name {
        case "audio.play":
            if body.data.isNull { return .audioPlay(sound: nil, position: nil, volume: nil) }
            try body.requireObject()
            let sound = body.optionalString("sound")
            let position = body.optionalNumber("position", in: PlaybackState.positions)
            let volume = body.optionalNumber("volume", in: 0...1)
            try body.finish()
            return .audioPlay(sound: sound, position: position, volume: volume)
        case "audio.pause":
            let position = body.optionalNumber("position", in: PlaybackState.positions)
            try body.finish()
            return .audioPause(position: position)
        case "audio.stop": return .audioStop
        case "audio.volume":
            try body.requireObject()
            if body.data["volume"] == nil { body.refuse(.missing(["volume"], input: body.data)) }
            let volume = body.optionalNumber("volume", in: 0...1)
            try body.finish()
            guard let volume else {
                throw CommandError(fields: [.wrongType(.number, ["volume"], input: .null)])
            }
            return .audioVolume(volume)
        case "audio.playback":
            try body.requireObject()
            let action = body.requiredString("action")
            try body.finish()
            let actions = ["play", "pause", "stop", "volume"]
            guard actions.contains(action) else {
                throw CommandError(fields: [.notOneOf(actions, ["action"], input: .string(action))])
            }
            return try playback("audio.\(action)", &body)
        default: return nil
        }
    }

    // MARK: Shared parts

    /// A new folder's path from a name, which may hold several parts, and its parent.
    private static func folderPath(_ name: String, in parent: String?) throws(CommandError) -> String {
        guard let tail = try ContentPath.checkedFolder(name) else {
            throw CommandError(.invalid, "Folder name is required")
        }
        return try ContentPath.checkedPath(folder: ContentPath.checkedFolder(parent), name: tail)
    }

    /// The new name of a map or of a map folder, whose bodies hold nothing but strings.
    private static func newMapOrFolderName(_ body: inout BodyReader) throws(CommandError) -> String {
        try body.requireObject(.dictionary)
        body.requireStrings()
        try body.finish()
        let name = body.value(["new_name", "newName"])?.stringValue ?? ""
        return try ContentPath.checkedName(name, what: "New name")
    }
}

extension CommandError {
    /// A map or scene image of another kind (contract, section 7, F23).
    static let notAnImage = CommandError(.unsupported, .imageNamesOnly)
}

extension String {
    /// What a name is answered with that isn't an image's: under it a map would be in no list.
    fileprivate static let imageNamesOnly =
        "Only images can be stored; the name must end in .png, .jpg, .jpeg, .webp, .gif, .bmp or .svg"
}
