import JSONDocument

/// Which files and folders of two moments are the same under another path.
struct FileTelling {
    /// Old paths by new ones, of maps and of sounds.
    private var renamed: [String: [String: String]] = [:]
    /// New paths by old ones.
    private var current: [String: [String: String]] = [:]

    /// Looks for paths that went and paths that came with the same content.
    init(old: JSONValue, new: JSONValue) {
        for member in ["maps", "sounds"] where old[member] != new[member] {
            var gone: [String: [String]] = [:]
            for (path, entry) in old[member]?.members ?? [] where new[member]?[path] == nil {
                if let blob = entry["blob"]?.stringValue { gone[blob, default: []].append(path) }
            }
            var pairs: [String: String] = [:]
            for (path, entry) in new[member]?.members ?? [] where old[member]?[path] == nil {
                guard let blob = entry["blob"]?.stringValue, let was = gone[blob]?.popLast() else { continue }
                pairs[path] = was
            }
            renamed[member] = pairs
            current[member] = Dictionary(uniqueKeysWithValues: pairs.map { ($0.value, $0.key) })
        }
    }

    /// The path that the file at `path` had; nil if it is no renamed one.
    func was(_ path: String, in member: String) -> String? { renamed[member]?[path] }

    /// The path that the file which was at `path` has now; nil if it is gone.
    func now(_ path: String, in member: String) -> String? { current[member]?[path] }
}

/// Maps, sounds, images and folders.
extension TableTelling {
    mutating func tellFiles(_ entries: Difference, _ noun: String, _ files: FileTelling) -> Bool {
        tellEntries(entries) { telling, path, entry in
            let member = "\(noun)s"
            if entry.old != nil, entry.new != nil { return telling.tellReplaced(entry, noun, path) }
            if let new = entry.new {
                if let was = files.was(path, in: member), let old = entries.old?[was] {
                    telling.say("\(noun).renamed", "\(noun) \(was) is now \(path)", at: entry.pointer)
                    telling.members(Difference(old: old, new: new, pointer: entry.pointer))
                } else {
                    let size = new["size"]?.intValue.map { " (\(Units.bytes($0)))" } ?? ""
                    telling.say("\(noun).added", "\(noun) \(path) was added\(size)", at: entry.pointer, .came)
                }
            } else if files.now(path, in: member) == nil {
                telling.say("\(noun).deleted", "\(noun) \(path) was deleted", at: entry.pointer, .went)
            }
            return true
        }
    }

    private mutating func tellReplaced(_ file: Difference, _ noun: String, _ path: String) -> Bool {
        guard let new = file.new?["blob"], new.stringValue != nil, file.old?["blob"] != new else { return false }
        say("\(noun).replaced", "\(noun) \(path) was replaced by another file", at: file.pointer)
        let told: Teller = { _, member in member.old != nil && member.new != nil }
        members(file, ["blob", "size", "mediaType"].map { (name: $0, tell: told) })
        return true
    }

    mutating func tellMapData(_ entries: Difference, _ files: FileTelling) -> Bool {
        tellEntries(entries) { telling, path, entry in
            telling.subject = path
            defer { telling.subject = nil }
            // A renamed map takes its data along.
            let was = files.was(path, in: "maps").flatMap { entries.old?[$0] }
            if entry.old == nil, let was {
                telling.members(
                    Difference(old: was, new: entry.new, pointer: entry.pointer),
                    [
                        ("name", { _, _ in true }), ("folder", { _, _ in true }),
                        ("data", { $0.tellData($1, "map", path) }),
                    ])
            } else if entry.old == nil {
                telling.say("map.data-stored", "data of map \(path) was stored", at: entry.pointer, .came)
            } else if entry.new == nil {
                let isTaken = files.now(path, in: "maps").flatMap { entries.new?[$0] } != nil
                if isTaken { return true }
                telling.say("map.data-dropped", "data of map \(path) was dropped", at: entry.pointer, .went)
            } else {
                telling.members(entry, [("data", { $0.tellData($1, "map", path) })])
            }
            return true
        }
    }

    mutating func tellFolders(_ folders: Difference, _ noun: String, _ files: FileTelling) -> Bool {
        tellEntries(folders) { telling, path, folder in
            let kind = noun.replacingSpaces()
            switch (folder.old, folder.new) {
            case (nil, .some): telling.say("\(kind).made", "\(noun) \(path) was made", at: folder.pointer, .came)
            case (.some, nil): telling.say("\(kind).deleted", "\(noun) \(path) was deleted", at: folder.pointer, .went)
            default: return false
            }
            return true
        }
    }

    /// An image's file is told with its listing in the scene, where that is new or gone as well.
    mutating func tellSceneImages(_ scenes: Difference, old: JSONValue, new: JSONValue) -> Bool {
        tellEntries(scenes) { telling, id, images in
            let scene = new["scenes"]?[id] ?? old["scenes"]?[id]
            telling.scope = scene.map(Self.quotedScene)
            defer { telling.scope = nil }
            // With the whole scene its images come and go.
            if images.old == nil, old["scenes"]?[id] == nil, new["scenes"]?[id] != nil { return true }
            if images.new == nil, new["scenes"]?[id] == nil, old["scenes"]?[id] != nil { return true }
            let (before, after) = (images.old ?? .object([]), images.new ?? .object([]))
            return telling.tellEntries(Difference(old: before, new: after, pointer: images.pointer)) {
                telling, image, file in
                let name = (file.new ?? file.old)?["name"]?.stringValue ?? image
                switch (file.old, file.new) {
                case (nil, .some):
                    telling.say("image.stored", "the file of image \(name) was stored", at: file.pointer, .came)
                case (.some, nil):
                    telling.say("image.dropped", "the file of image \(name) was dropped", at: file.pointer, .went)
                default: return false
                }
                return true
            }
        }
    }

    /// Goes through the entries of a library by key.
    mutating func tellEntries(
        _ entries: Difference, _ tell: @escaping (inout TableTelling, String, Difference) -> Bool
    ) -> Bool {
        guard let old = entries.old?.members, let new = entries.new?.members else { return false }
        var seen: Set<String> = []
        for (key, _) in old + new where seen.insert(key).inserted {
            let entry = Difference(
                old: entries.old?[key], new: entries.new?[key], pointer: entries.pointer.appending(key))
            if entry.old != entry.new, !tell(&self, key, entry) { other(entry) }
        }
        return true
    }
}

extension String {
    fileprivate func replacingSpaces() -> String { String(map { $0 == " " ? "-" : $0 }) }
}
