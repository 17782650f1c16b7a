/// A folder that holds a run of a journal's segments: the table's own, or one that older segments were moved to.
///
/// Either is a journal by itself, with the same uuid: an archive's `journal.json` says where its own first event stands.
struct JournalPart: Sendable {
    let folder: String
    let identity: JournalIdentity

    /// - Throws: ``JournalError/notAJournal(folder:)``, ``JournalError/damaged(_:)``, ``JournalError/io(_:)``.
    init(folder: String, fileSystem: any FileSystem) throws(JournalError) {
        guard let identity = try JournalIdentity.read(folder: folder, fileSystem: fileSystem) else {
            throw .notAJournal(folder: folder)
        }
        self.folder = folder
        self.identity = identity
    }

    /// - Throws: ``JournalError/damaged(_:)`` for another journal's folder.
    func check(belongsTo own: JournalPart) throws(JournalError) {
        guard self.identity.uuid != own.identity.uuid else { return }
        throw .damaged(
            JournalDamage(
                file: self.folder + "/" + JournalFolder.identityName, byteOffset: 0, eventOffset: nil,
                reason: "journal \(self.identity.uuid), but \(own.folder) holds \(own.identity.uuid)"))
    }
}
