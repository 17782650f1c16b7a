import Journal

/// A file that a command makes.
package enum NewFile {
    /// Writes it whole or not at all.
    ///
    /// - Parameter overwrites: Whether a file of that name may be replaced.
    /// - Throws: ``ReplayError/usage(_:hint:)`` if one is there, ``ReplayError/unreadable(_:hint:)`` if the disk refuses.
    package static func write(
        _ text: String, to path: String, overwrites: Bool, fileSystem: any FileSystem
    ) throws(ReplayError) {
        do throws(FileError) {
            let isThere = try fileSystem.status(path) != nil
            if overwrites || !isThere { return try fileSystem.writeDurably(Array(text.utf8), to: path) }
        } catch {
            throw ReplayError(error)
        }
        throw .usage("\(path) is there already", hint: "Add --force to replace it.")
    }
}
