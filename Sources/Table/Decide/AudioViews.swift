import JSONDocument

/// What REST reads of the sounds and of what is playing (contract, section 3, "Audio").
package enum AudioViews {
    /// `GET /audio/list`: by category and folder, each sorted by name.
    ///
    /// Folders without an mp3 don't appear.
    package static func list(_ document: JSONValue) -> JSONValue {
        var items: [String: [(path: String, item: JSONValue)]] = [:]
        for path in document.keys(.sounds) where MediaType.isListedSound(path) {
            guard let (category, rest) = SoundPath.split(path) else { continue }
            items[ContentPath.parent(of: path) ?? category, default: []].append((rest, item(category, rest)))
        }
        return .object(
            SoundPath.categories.map { category in
                let folders = items.keys.filter { ContentPath.isAtOrBelow($0, category) }.sortedByName { ($0, "") }
                let members = folders.map { folder in
                    (key: String(folder.dropFirst(category.count + 1)), value: sorted(items[folder] ?? []))
                }
                return (key: category, value: .object(members))
            })
    }

    private static func sorted(_ items: [(path: String, item: JSONValue)]) -> JSONValue {
        .array(items.sortedByName { (ContentPath.lastComponent(of: $0.path), $0.path) }.map(\.item))
    }

    /// `GET /audio/file/{category}/{path}`; nil: `Audio file not found: <path>`.
    ///
    /// The caller answers another category with ``SoundPath/invalidCategory``.
    package static func file(_ document: JSONValue, category: String, path: String) -> BlobReference? {
        document.entry(.sounds, ContentPath.join(category, path)).flatMap { BlobReference($0) }
    }

    /// `GET /audio/playback` and the `audio_control` message: `{"music": null | {…}}`.
    package static func playback(_ document: JSONValue) -> JSONValue {
        .object([(key: "music", value: document.entry(.audio, "music") ?? .null)])
    }

    // MARK: One item

    private static func item(_ category: String, _ path: String) -> JSONValue {
        let isMusic = category == "loop"
        return .object([
            (key: "id", value: .string(identifier(path))), (key: "name", value: .string(title(path))),
            (key: "type", value: isMusic ? "music" : "effect"),
            (key: "url", value: .string("/audio/file/\(category)/\(path)")),
            (key: "loop", value: .bool(isMusic)), (key: "randomize", value: .bool(isMusic)),
            (key: "path", value: .string(path)),
        ])
    }

    /// The path with `/` as `-` and spaces as `_`, in lower case, without its extension.
    private static func identifier(_ path: String) -> String {
        let text = String(path.map { $0 == "/" ? "-" : $0 == " " ? "_" : $0 }).lowercased()
        return text.hasSuffix(".mp3") ? String(text.dropLast(4)) : text
    }

    /// The file's name without extension, `-` as space, each letter that follows a non-letter in upper case, all
    /// others in lower case.
    static func title(_ path: String) -> String {
        let name = ContentPath.lastComponent(of: path)
        let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
        var title = ""
        var followsLetter = false
        for character in stem {
            let shown = character == "-" ? " " : character
            title += followsLetter ? shown.lowercased() : titlecased(shown)
            followsLetter = shown.isLetter
        }
        return title
    }

    /// The character as it stands at a word's beginning: `ß` becomes `Ss`, not `SS`.
    private static func titlecased(_ character: Character) -> String {
        guard let first = character.unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping + String(character.unicodeScalars.dropFirst())
    }
}
