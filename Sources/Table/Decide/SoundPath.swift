/// Paths of sounds, which begin with a category: `loop/Ambience/tavern.mp3`.
package enum SoundPath {
    /// The folders directly below `sounds/` (contract, section 2).
    package static let categories = ["loop", "oneshot"]

    /// The answer to another category (contract, section 3).
    package static let invalidCategory = CommandError(
        .invalid, "Invalid category. Must be 'loop' or 'oneshot'")

    /// A sound's path from the parts of an upload: category, optional folder, file name.
    ///
    /// - Throws: ``CommandError/Code/invalid`` for another category or a path that breaks the rules.
    package static func checked(category: String, folder: String?, name: String) throws(CommandError) -> String {
        guard categories.contains(category) else { throw invalidCategory }
        try ContentPath.checkedName(name)
        let folder = ContentPath.join(category, try ContentPath.checkedFolder(folder) ?? "")
        return try ContentPath.checkedPath(folder: ContentPath.checkedFolder(folder), name: name)
    }

    /// A whole path as a sound moves to it; without a category it stays in that of the sound that is moved.
    static func checked(_ path: String, besides moved: String) throws(CommandError) -> String {
        guard let path = try ContentPath.checkedFolder(path) else {
            throw CommandError(.invalid, "A path is required")
        }
        if split(path) != nil { return path }
        guard let (category, _) = split(moved) else { throw invalidCategory }
        return try ContentPath.checkedPath(folder: category, name: path)
    }

    /// Category and path below it; nil if it doesn't begin with a category or nothing follows.
    package static func split(_ path: String) -> (category: String, rest: String)? {
        guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let category = String(path[..<slash])
        let rest = String(path[path.utf8.index(after: slash)...])
        guard categories.contains(category), !rest.isEmpty else { return nil }
        return (category, rest)
    }
}
