import Journal

/// The folder that a copy is to begin in.
struct MirrorPlace {
    let folder: String
    let fileSystem: any FileSystem

    /// It may be new, empty, or hold what an interrupted beginning left: a copy among other things would be no table's folder.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` if there is anything else.
    func check() throws(ReplayError) {
        let names = try replayWriting { () throws(FileError) in
            try fileSystem.status(folder) == nil ? [] : try fileSystem.list(folder)
        }
        guard let foreign = names.filter({ !Self.isLeftover($0) }).min() else { return }
        throw .usage(
            "\(folder) holds something else: '\(printable(foreign))'",
            hint: "Give a new or empty folder, or the copy of before.")
    }

    private static func isLeftover(_ name: String) -> Bool {
        name == JournalFolder.lockName || JournalFolder.isStartName(name)
            || name.hasSuffix(JournalFolder.temporarySuffix)
    }
}
