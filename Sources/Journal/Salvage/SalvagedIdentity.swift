/// Which journal a damaged folder holds and what it begins with, as far as that can be told.
package struct SalvagedIdentity: Sendable, Equatable {
    /// The uuid that the frames' headers name; `journal.json`'s where no header is left.
    package let uuid: String

    /// What the journal goes on from; nil where it begins with event 0 of the empty document.
    package let start: JournalStart?

    /// The start's document, if its file is whole; its own digest is for the caller to check.
    package let document: SnapshotFile?

    /// What is wrong with `journal.json` and the start's document.
    package let faults: [SalvageFault]

    /// Offset of the first event that the journal can hold.
    package var firstOffset: Int64 { (self.start?.offset ?? -1) + 1 }

    /// D(firstOffset − 1).
    package var firstPrevious: ChainDigest { self.start?.chain ?? ChainDigest(journal: self.uuid) }

    /// Reads what there is.
    ///
    /// - Throws: ``JournalError/notAJournal(folder:)`` where neither `journal.json` nor any frame says which journal it is;
    ///   ``JournalError/unsupportedFormat(file:format:)``, ``JournalError/io(_:)``.
    package static func read(folder: String, fileSystem: any FileSystem) throws(JournalError) -> SalvagedIdentity {
        var faults: [SalvageFault] = []
        let written = try self.written(folder: folder, fileSystem: fileSystem, faults: &faults)
        let named = try self.journalsNamed(folder: folder, fileSystem: fileSystem)
        guard let uuid = self.choose(named, written: written?.uuid) else { throw .notAJournal(folder: folder) }
        let path = folder + "/" + JournalFolder.identityName
        if let written, written.uuid != uuid {
            faults.append(SalvageFault(file: path, reason: "names journal \(written.uuid), the frames name \(uuid)"))
        }
        let (start, document) = try self.start(
            written?.start, folder: folder, fileSystem: fileSystem, faults: &faults)
        return SalvagedIdentity(uuid: uuid, start: start, document: document, faults: faults)
    }

    /// `journal.json` as it stands; nil if it can't be read.
    private static func written(
        folder: String, fileSystem: any FileSystem, faults: inout [SalvageFault]
    ) throws(JournalError) -> JournalIdentity? {
        let path = folder + "/" + JournalFolder.identityName
        do throws(JournalError) {
            if let identity = try JournalIdentity.read(folder: folder, fileSystem: fileSystem) { return identity }
            faults.append(SalvageFault(file: path, reason: "missing"))
            return nil
        } catch .damaged(let damage) {
            faults.append(SalvageFault(file: path, byteOffset: damage.byteOffset, reason: damage.reason))
            return nil
        } catch .io(let cause) where cause.operation == .read {
            faults.append(SalvageFault(unreadable: path, cause))
            return nil
        }
    }

    /// The journal that `journal.json` names, if a segment belongs to it; else the one that most segments belong to: a segment
    /// of another table that got into the folder doesn't decide.
    private static func choose(_ named: [String], written: String?) -> String? {
        if let written, named.isEmpty || named.contains(written) { return written }
        let counts = Dictionary(named.map { ($0, 1) }, uniquingKeysWith: +)
        let most = counts.values.max()
        return named.first { counts[$0] == most }
    }

    /// The journal that each segment's first whole header names; its check proves the uuid in it.
    private static func journalsNamed(folder: String, fileSystem: any FileSystem) throws(JournalError) -> [String] {
        guard try journalIO({ () throws(FileError) in try fileSystem.status(folder) })?.isFolder == true else {
            return []
        }
        var named: [String] = []
        for segment in try listSegments(folder: folder, fileSystem: fileSystem) {
            let header = try journalIO { () throws(FileError) -> FrameHeader? in
                let file = try fileSystem.open(segment.path, .read)
                defer { file.close() }
                return try self.firstHeader(of: file)
            }
            if let header { named.append(header.journal) }
        }
        return named
    }

    private static func firstHeader(of file: any OpenFile) throws(FileError) -> FrameHeader? {
        let first = try self.readable { () throws(FileError) -> FrameHeader? in
            guard case .frame(let header) = try SegmentWalkerStart.step(file) else { return nil }
            return header
        }
        if let first { return first }
        return try self.readable { () throws(FileError) in try LastHeader.find(in: file)?.header }
    }

    /// nil where the disk can't read the place; the scan of the segment names it.
    private static func readable(
        _ body: () throws(FileError) -> FrameHeader?
    ) throws(FileError) -> FrameHeader? {
        do throws(FileError) {
            return try body()
        } catch {
            guard error.operation == .read else { throw error }
            return nil
        }
    }

    /// The newest start document in the folder: an archiving names each by its event, and removes the one before.
    private static func startName(folder: String, fileSystem: any FileSystem) throws(JournalError) -> String {
        let names = try journalIO { () throws(FileError) in try fileSystem.list(folder) }
        return names.filter { JournalFolder.isStartName($0) && $0 != JournalFolder.startName }.max()
            ?? JournalFolder.startName
    }

    /// The start, where there is one: as `journal.json` has it, or else as the document's file says.
    private static func start(
        _ written: JournalStart?, folder: String, fileSystem: any FileSystem, faults: inout [SalvageFault]
    ) throws(JournalError) -> (JournalStart?, SnapshotFile?) {
        let isIdentityLost = faults.contains { $0.file.hasSuffix(JournalFolder.identityName) }
        guard written != nil || isIdentityLost else { return (nil, nil) }
        let name: String
        if let written {
            name = written.document
        } else {
            name = try self.startName(folder: folder, fileSystem: fileSystem)
        }
        let path = folder + "/" + name
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try fileSystem.contents(of: path, limit: 4 << 30)
        } catch {
            guard error.operation == .read else { throw .io(error) }
            faults.append(SalvageFault(unreadable: path, error))
            return (written, nil)
        }
        let document = bytes.flatMap { SnapshotFile(packed: $0) }
        guard let document, let chain = ChainDigest(hex: document.chain) else {
            guard written != nil || bytes != nil else { return (nil, nil) }
            faults.append(SalvageFault(file: path, reason: bytes == nil ? "missing" : "its checksum doesn't hold"))
            return (written, nil)
        }
        if let written, written.offset == document.offset, written.chain == chain { return (written, document) }
        if written != nil {
            faults.append(
                SalvageFault(file: path, reason: "isn't the document that \(JournalFolder.identityName) names"))
        }
        // The file's checksum holds, and no checksum guards journal.json.
        return (
            JournalStart(
                offset: document.offset, chain: chain, document: lastPathComponent(of: path),
                ancestor: written?.ancestor), document
        )
    }
}

/// The first step of a segment.
private enum SegmentWalkerStart {
    static func step(_ file: any OpenFile) throws(FileError) -> SegmentWalker.Step {
        var walker = SegmentWalker(file, readByteCount: 8 << 10)
        return try walker.next()
    }
}
