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
        try self.store(identity, folder: folder, fileSystem: fileSystem)
        return identity
    }

    /// Writes `journal.json`.
    static func store(
        _ identity: JournalIdentity, folder: String, fileSystem: any FileSystem
    ) throws(JournalError) {
        precondition(isUUID(identity.uuid), "the journal's name is a uuid in lower case")
        try journalIO { () throws(FileError) in
            try fileSystem.writeDurably(identity.encoded, to: folder + "/" + JournalFolder.identityName)
        }
    }
}

extension JournalFolder {
    /// Makes a journal that goes on from another's document: a fork, or one whose older events are archived.
    ///
    /// It has no events yet; ``JournalWriter/open(folder:fileSystem:clock:identity:options:)`` goes on from there.
    /// - Parameters:
    ///   - uuid: The new journal's, lower case.
    ///   - document: The document after its `offset`, with the chain there.
    ///   - ancestor: The journal that it was taken from.
    /// - Throws: ``JournalError/io(_:)``, also where the folder holds a journal already.
    package static func create(
        _ folder: String, uuid: String, created: JournalTime, document: SnapshotFile, ancestor: String?,
        fileSystem: any FileSystem
    ) throws(JournalError) {
        let lock = try JournalOpening.lock(folder: folder, fileSystem: fileSystem)
        defer { lock.unlock() }
        guard let chain = ChainDigest(hex: document.chain) else {
            throw .invalidDraft(reason: "a start document whose chain isn't 64 hexadecimal digits")
        }
        let path = folder + "/" + self.identityName
        let isEmpty = try listSegments(folder: folder, fileSystem: fileSystem).isEmpty
        guard isEmpty, try JournalIdentity.read(folder: folder, fileSystem: fileSystem) == nil else {
            throw .io(FileError(operation: .open, path: path, code: FileError.thereAlreadyCode))
        }
        let start = JournalStart(offset: document.offset, chain: chain, ancestor: ancestor)
        // The document first: `journal.json` makes it a journal.
        try journalIO { () throws(FileError) in
            try fileSystem.writeDurably(document.packed(), to: folder + "/" + start.document)
        }
        let identity = JournalIdentity(uuid: uuid, created: created.rfc3339, start: start)
        try JournalOpening.store(identity, folder: folder, fileSystem: fileSystem)
    }
}
