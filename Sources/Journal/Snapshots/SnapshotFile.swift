/// The document after one event, with what else a start needs: a cache that may be deleted at any time.
package struct SnapshotFile: Sendable, Equatable {
    /// The journal's uuid.
    package var journal: String

    /// The document is the one after this event.
    package var offset: Int64

    /// D(offset), 64 hexadecimal digits.
    ///
    /// The snapshot is used only if it is the journal's.
    package var chain: String

    /// The document's digest (state-document.md, "Digest").
    package var digest: String

    /// The document's JSON text.
    package var document: [UInt8]

    /// A JSON array: the newest commands' ids and answers.
    package var commands: [UInt8]

    /// A JSON object: the newest offsets at which things changed.
    package var changed: [UInt8]

    package init(
        journal: String, offset: Int64, chain: String, digest: String, document: [UInt8],
        commands: [UInt8] = Array("[]".utf8), changed: [UInt8] = Array("{}".utf8)
    ) {
        self.journal = journal
        self.offset = offset
        self.chain = chain
        self.digest = digest
        self.document = document
        self.commands = commands
        self.changed = changed
    }

    /// The file's content, packed.
    package func packed() -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(self.document.count + self.commands.count + self.changed.count + 512)
        text += #"{"journal":"#.utf8
        appendJSONString(self.journal, to: &text)
        text += #","offset":\#(self.offset),"chain":"#.utf8
        appendJSONString(self.chain, to: &text)
        text += #","digest":"#.utf8
        appendJSONString(self.digest, to: &text)
        text += #","document":"#.utf8
        text += self.document
        text += #","commands":"#.utf8
        text += self.commands
        text += #","changed":"#.utf8
        text += self.changed
        text += "}\n".utf8
        return LZ4Container.pack(text)
    }

    /// Reads a file's content; nil unless the checksum holds and every member is there.
    ///
    /// - Parameter limit: The most that it may unpack to, in bytes; for files from elsewhere.
    package init?(packed: [UInt8], limit: Int = 4 << 30) {
        guard var text = LZ4Container.unpack(packed, limit: limit) else { return nil }
        if text.last == 0x0A { text.removeLast() }
        guard let members = FlatJSON(text), let journal = members.string("journal"),
            let offset = members.integer("offset"), let chain = members.string("chain"),
            let digest = members.string("digest"), let document = members.text("document")
        else { return nil }
        self.init(
            journal: journal, offset: offset, chain: chain, digest: digest, document: document,
            commands: members.text("commands") ?? Array("[]".utf8),
            changed: members.text("changed") ?? Array("{}".utf8))
    }
}
