/// Which journal a folder holds: the content of `journal.json` (journal-format.md, "Folder of one table").
package struct JournalIdentity: Sendable, Equatable {
    /// The journal's epoch; two journals never share it.
    ///
    /// Lower case.
    package let uuid: String

    /// When it was made, RFC 3339.
    package let created: String

    /// There where the journal doesn't begin with event 0 of the empty document.
    package let start: JournalStart?

    package init(uuid: String, created: String, start: JournalStart? = nil) {
        self.uuid = uuid
        self.created = created
        self.start = start
    }

    /// Offset of the first event that this journal can hold.
    package var firstOffset: Int64 { (self.start?.offset ?? -1) + 1 }

    /// D(firstOffset − 1).
    package var firstPrevious: ChainDigest { self.start?.chain ?? ChainDigest(journal: self.uuid) }
}

/// What a journal goes on from: a fork's ancestor, or events that were archived.
package struct JournalStart: Sendable, Equatable {
    /// The document is the one after this event; the journal's first event is the next.
    package let offset: Int64

    /// D(offset).
    package let chain: ChainDigest

    /// The file in the journal's folder that holds the document; part of the truth, unlike snapshots.
    package let document: String

    /// The journal that this one was forked from.
    package let ancestor: String?

    package init(offset: Int64, chain: ChainDigest, document: String = JournalFolder.startName, ancestor: String? = nil)
    {
        self.offset = offset
        self.chain = chain
        self.document = document
        self.ancestor = ancestor
    }
}

extension JournalIdentity {
    /// The content of `journal.json`, one line.
    var encoded: [UInt8] {
        var bytes = Array(#"{"format":\#(JournalFormat.current),"journal":"#.utf8)
        appendJSONString(self.uuid, to: &bytes)
        bytes += #","created":"#.utf8
        appendJSONString(self.created, to: &bytes)
        if let start {
            bytes += #","start":{"offset":\#(start.offset),"chain":"\#(start.chain.hex)","document":"#.utf8
            appendJSONString(start.document, to: &bytes)
            if let ancestor = start.ancestor {
                bytes += #","ancestor":"#.utf8
                appendJSONString(ancestor, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        return bytes + Array("}\n".utf8)
    }

    /// Reads `journal.json`.
    static func parse(_ bytes: [UInt8], file: String) throws(JournalError) -> JournalIdentity {
        func damaged(_ reason: String) -> JournalError {
            .damaged(JournalDamage(file: file, byteOffset: 0, eventOffset: nil, reason: reason))
        }
        guard let members = FlatJSON(bytes) else { throw damaged("not a JSON object") }
        guard let format = members.integer("format") else { throw damaged("no format number") }
        if JournalFormat.refusal(format) != nil { throw .unsupportedFormat(file: file, format: format) }
        // An unknown name is a flipped one: this format has no others, and a `start` that isn't seen would be a lost document.
        if let name = members.names.subtracting(["format", "journal", "created", "start"]).min() {
            throw damaged("a member '\(name)' that format \(format) doesn't have")
        }
        guard let uuid = members.string("journal"), isUUID(uuid) else { throw damaged("no uuid in lower case") }
        guard let created = members.string("created"), JournalTime(rfc3339: created) != nil else {
            throw damaged("no time of creation")
        }
        var start: JournalStart?
        if let object = members.text("start") {
            guard let inner = FlatJSON(object),
                inner.names.isSubset(of: ["offset", "chain", "document", "ancestor"]),
                let offset = inner.integer("offset"),
                let chain = inner.string("chain").flatMap({ ChainDigest(hex: $0) }),
                let document = inner.string("document")
            else { throw damaged("a start that can't be read") }
            // It is joined to the folder's path, here and wherever a copy of this file gets to.
            guard JournalFolder.isStartName(document) else {
                throw damaged("a start whose document has a name that no start document has")
            }
            start = JournalStart(offset: offset, chain: chain, document: document, ancestor: inner.string("ancestor"))
        }
        return JournalIdentity(uuid: uuid, created: created, start: start)
    }

    /// Reads it from a journal's folder; nil if there is no `journal.json`.
    static func read(folder: String, fileSystem: any FileSystem) throws(JournalError) -> JournalIdentity? {
        let path = folder + "/" + JournalFolder.identityName
        let bytes = try journalIO { () throws(FileError) in try fileSystem.contents(of: path, limit: 1 << 20) }
        guard let bytes else { return nil }
        return try self.parse(bytes, file: path)
    }
}

/// 36 characters of lower-case hexadecimal digits and dashes (RFC 9562).
func isUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.indices.allSatisfy { index in
        switch bytes[index] {
        case UInt8(ascii: "-"): [8, 13, 18, 23].contains(index)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
            ![8, 13, 18, 23].contains(index)
        default: false
        }
    }
}
