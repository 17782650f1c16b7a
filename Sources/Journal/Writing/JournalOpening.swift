import Glibc

/// The first steps of opening a journal for writing.
enum JournalOpening {
    /// Takes the lock; the folder is made if missing.
    static func lock(folder: String, fileSystem: any FileSystem) throws(JournalError) -> any FileLock {
        let path = folder + "/" + JournalFolder.lockName
        do throws(FileError) {
            try fileSystem.makeFolders(folder)
            return try fileSystem.lock(path, note: String(getpid()))
        } catch {
            throw error.isLocked ? .locked(path: path, holder: error.lockHolder ?? "") : .io(error)
        }
    }

    /// Reads `journal.json`, or makes it where the folder holds no segment either.
    static func identity(
        folder: String, fileSystem: any FileSystem, created: JournalTime, makeUUID: () -> String
    ) throws(JournalError) -> JournalIdentity {
        if let identity = try JournalIdentity.read(folder: folder, fileSystem: fileSystem) { return identity }
        let path = folder + "/" + JournalFolder.identityName
        guard try listSegments(folder: folder, fileSystem: fileSystem).isEmpty else {
            throw .damaged(
                JournalDamage(
                    file: path, byteOffset: 0, eventOffset: nil, reason: "missing, though there are segments"))
        }
        let identity = JournalIdentity(uuid: makeUUID(), created: created.rfc3339)
        precondition(isUUID(identity.uuid), "the journal's name is a uuid in lower case")
        try journalIO { () throws(FileError) in try fileSystem.writeDurably(identity.encoded, to: path) }
        return identity
    }
}
