import Journal

/// What a killed process left where it unpacked or packed an archive.
package enum BuildLeftover {
    /// Removes it.
    ///
    /// - Parameter place: What ``ArchivePacking`` or ``ArchiveImport`` were given to work beside.
    /// - Returns: Whether there was something.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` for what is in use, or somebody else's; it is left alone.
    package static func remove(beside place: String, fileSystem: any FileSystem) throws(ReplayError) -> Bool {
        try StagedFolder.removeLeftover(of: place, fileSystem: fileSystem)
    }
}
