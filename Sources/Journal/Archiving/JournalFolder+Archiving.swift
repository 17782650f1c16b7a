extension JournalFolder {
    /// Lets a journal go on from a later document, in one step: whoever looks finds the old beginning or the new one.
    ///
    /// Segments before it may stand on afterwards; they are of no use any more. For the process that holds the lock.
    /// - Parameters:
    ///   - identity: The journal as it is.
    ///   - document: The document after the event that it is to go on from.
    /// - Returns: The journal as it is now.
    package static func moveStart(
        _ folder: String, identity: JournalIdentity, document: SnapshotFile, fileSystem: any FileSystem
    ) throws(JournalError) -> JournalIdentity {
        guard let chain = ChainDigest(hex: document.chain), document.journal == identity.uuid else {
            throw .invalidDraft(reason: "a start document of another journal, or without a chain")
        }
        let start = JournalStart(
            offset: document.offset, chain: chain, document: self.startName(offset: document.offset),
            ancestor: identity.start?.ancestor)
        let moved = JournalIdentity(uuid: identity.uuid, created: identity.created, start: start)
        // Under a name of its own: the old one has to be whole until `journal.json` names the new one.
        try journalIO { () throws(FileError) in
            try fileSystem.writeDurably(document.packed(), to: folder + "/" + start.document)
        }
        try JournalOpening.store(moved, folder: folder, fileSystem: fileSystem)
        return moved
    }

    /// Makes a folder the place that older segments of a journal are moved to: the same journal, with its present beginning.
    ///
    /// - Parameter source: The journal's own folder.
    package static func beginArchive(
        _ folder: String, of identity: JournalIdentity, source: String, fileSystem: any FileSystem
    ) throws(JournalError) {
        if let start = identity.start {
            try journalIO { () throws(FileError) in
                guard let bytes = try fileSystem.contents(of: source + "/" + start.document, limit: 4 << 30) else {
                    throw FileError.missing(source + "/" + start.document)
                }
                try fileSystem.writeDurably(bytes, to: folder + "/" + start.document)
            }
        }
        try JournalOpening.store(identity, folder: folder, fileSystem: fileSystem)
    }
}
