import JSONDocument

/// The library of scenes, and what is in a scene.
extension TableTelling {
    mutating func tellScenes(_ scenes: Difference) -> Bool {
        tellEntries(scenes) { telling, _, scene in telling.tellSavedScene(scene) }
    }

    private mutating func tellSavedScene(_ scene: Difference) -> Bool {
        guard let old = scene.old else {
            guard let new = scene.new else { return false }
            say("scene.saved", "\(Self.quotedScene(new)) was saved\(Self.inFolder(new))", at: scene.pointer, .came)
            return true
        }
        guard let new = scene.new else {
            say("scene.deleted", "\(Self.quotedScene(old)) was deleted", at: scene.pointer, .went)
            return true
        }
        guard old.isObject, new.isObject else { return false }
        scope = Self.quotedScene(new)
        defer { scope = nil }
        tellScene(scene)
        return true
    }

    private static func inFolder(_ scene: JSONValue) -> String {
        guard let folder = scene["folder"]?.stringValue, !folder.isEmpty else { return "" }
        return " in folder \(folder)"
    }

    /// What changed in one scene.
    mutating func tellScene(_ scene: Difference) {
        members(
            scene,
            [
                ("name", { $0.tellRename($1, "scene", "the scene") }), ("folder", { $0.tellFolder($1, "the scene") }),
                ("activeMapId", { $0.tellActiveMap($1) }),
                ("maps", { $0.tellList($1, .maps) }), ("initiativeOrder", { $0.tellList($1, .fighters) }),
                ("aoeMarkers", { $0.tellList($1, .areas) }), ("fogOfWar", { $0.tellFog($1) }),
                ("images", { $0.tellList($1, .images) }), ("encounterHistory", { $0.tellEncounter($1) }),
                ("gridSettings", { $0.tellGrid($1) }),
                (
                    "showCurrentPlayer",
                    { $0.tellFlag($1, "current-player", on: "shown", off: "hidden", "the current player is now") }
                ),
            ])
    }

    /// `<subject> was renamed from A to B`.
    mutating func tellRename(_ name: Difference, _ noun: String, _ subject: String) -> Bool {
        guard let old = name.old?.stringValue, let new = name.new?.stringValue else { return false }
        say("\(noun).renamed", "\(subject) was renamed from \"\(old)\" to \"\(new)\"", at: name.pointer)
        return true
    }

    /// No folder, null and the empty text all mean the root.
    mutating func tellFolder(_ folder: Difference, _ subject: String) -> Bool {
        func path(_ value: JSONValue?) -> String?? {
            guard let value, !value.isNull else { return .some(nil) }
            return value.stringValue.map { $0.isEmpty ? nil : $0 }
        }
        guard let old = path(folder.old), let new = path(folder.new), old != new else { return false }
        let place = new.map { "folder \($0)" } ?? "no folder"
        say("scene.moved", "\(subject) is now in \(place) (was in \(old ?? "none"))", at: folder.pointer)
        return true
    }

    private mutating func tellActiveMap(_ map: Difference) -> Bool {
        if let name = map.new?.stringValue {
            say("map.activated", "\(name) is the active map now", at: map.pointer)
            return true
        }
        guard map.old?.stringValue != nil else { return false }
        say("map.activated", "no map is active any more", at: map.pointer)
        return true
    }

    private mutating func tellGrid(_ grid: Difference) -> Bool {
        members(
            grid,
            [
                ("showGrid", { $0.tellFlag($1, "grid", on: "shown", off: "hidden", "the grid was") }),
                ("gridSize", { $0.tellNumber($1, "grid.resized", "the grid's size changed") }),
            ])
        return true
    }

    /// The encounter's own log: what was added to it says itself what happened.
    private mutating func tellEncounter(_ log: Difference) -> Bool {
        guard let old = log.old?.elements, let new = log.new?.elements else { return false }
        guard let known = ElementKey.all(of: old), let keys = ElementKey.all(of: new) else { return false }
        let (before, after) = (Set(known), Set(keys))
        // Entries that changed, or went, are no ordinary log; those are told one by one.
        let kept = zip(keys, new).filter { before.contains($0.0) }.map(\.1)
        guard before.isSubset(of: after), kept == old else { return false }
        for (index, entry) in new.enumerated() where !before.contains(keys[index]) {
            let text = entry["text"]?.stringValue ?? entry.text
            say("encounter.logged", "the encounter's log says: \(text)", at: log.pointer.appending(index), .came)
        }
        return true
    }

    /// Two shapes are about: a list of areas that hide, and an object with the spots that were revealed.
    private mutating func tellFog(_ fog: Difference) -> Bool {
        guard fog.new?.isObject == true, fog.old?.isObject == true else { return tellList(fog, .fog) }
        members(
            fog,
            [
                ("enabled", { $0.tellFlag($1, "fog", on: "turned on", off: "turned off", "the fog was") }),
                ("revealed", { $0.tellRevealed($1) }),
            ])
        return true
    }

    private mutating func tellRevealed(_ spots: Difference) -> Bool {
        guard let old = spots.old?.elements, let new = spots.new?.elements, old.count != new.count else { return false }
        let (less, more) = old.count < new.count ? (old, new) : (new, old)
        guard Array(more.prefix(less.count)) == less else { return false }
        let count = Units.plural(more.count - less.count, "spot")
        let isMore = new.count > old.count
        let sentence = isMore ? "fog was revealed at \(count)" : "fog was laid again over \(count)"
        say(isMore ? "fog.revealed" : "fog.laid", sentence, at: spots.pointer)
        return true
    }
}
