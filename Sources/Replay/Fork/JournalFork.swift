import JSONDocument
import Journal
import Table

/// Begins a new journal with the document that another one had at a moment.
package struct JournalFork: Sendable {
    /// What was made.
    package struct Report: Sendable {
        /// The new journal's folder, and its uuid.
        package let folder: String
        package let journal: String
        /// The journal that it was taken from, the event after which it goes on, and D there.
        package let ancestor: String
        package let offset: Int64
        package let chain: String
        /// The document's digest.
        package let digest: String
        package let blobCount: Int
        package let blobByteCount: Int64
        /// Blobs that take room again; the others are second names of the same files.
        package let copiedBlobCount: Int
    }

    private let source: JournalSource
    private let clock: JournalClock
    private let makeUUID: @Sendable () -> String

    /// - Parameters:
    ///   - clock: For the new journal's creation.
    ///   - makeUUID: Its uuid, lower case.
    package init(
        from source: JournalSource, clock: @escaping JournalClock, makeUUID: @escaping @Sendable () -> String
    ) {
        self.source = source
        self.clock = clock
        self.makeUUID = makeUUID
    }

    /// Looks whether a fork could be made in a folder; writes nothing.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` if something is there already.
    package static func requireFree(_ target: String, fileSystem: any FileSystem) throws(ReplayError) {
        try StagedFolder.requireFree(target, FolderDisk(fileSystem: fileSystem))
    }

    /// Makes the journal, whole or not at all; needs no lock.
    ///
    /// - Parameters:
    ///   - offset: The new journal's first event is the one after it.
    ///   - target: Its folder, which must not be there yet, or be empty.
    package func run(
        at offset: Int64, to target: String, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) -> Report {
        let document = try StartDocument(of: source, at: offset, useSnapshots: useSnapshots, progress: progress)
        let staged = try StagedFolder(for: target, fileSystem: source.fileSystem)
        do throws(ReplayError) {
            let report = try build(document, in: staged, progress)
            try replayWriting { () throws(FileError) in try staged.commit() }
            return report
        } catch {
            staged.discard()
            throw error
        }
    }

    private func build(
        _ document: StartDocument, in staged: StagedFolder, _ progress: ProgressSink
    ) throws(ReplayError) -> Report {
        let carrier = BlobCarrier(disk: staged.disk, folder: staged.path)
        let blobs = try carrier.bring(document.blobs, from: source.allBlobs, progress: progress)
        let (uuid, file) = (makeUUID(), document.file)
        try replayReading { () throws(JournalError) in
            try JournalFolder.create(
                staged.path, uuid: uuid, created: clock(), document: file, ancestor: file.journal,
                fileSystem: source.fileSystem)
        }
        return Report(
            folder: staged.target, journal: uuid, ancestor: file.journal, offset: file.offset, chain: file.chain,
            digest: file.digest, blobCount: blobs.count, blobByteCount: blobs.byteCount,
            copiedBlobCount: blobs.copiedCount)
    }
}

extension JournalFork.Report {
    /// The stable form for programs.
    package var json: JSONValue {
        .object([
            (key: "folder", value: .string(folder)), (key: "journal", value: .string(journal)),
            (key: "ancestor", value: .string(ancestor)), (key: "offset", value: .number(Int(offset))),
            (key: "chain", value: .string(chain)), (key: "digest", value: .string(digest)),
            (key: "blobs", value: .number(blobCount)), (key: "blobBytes", value: .number(Int(blobByteCount))),
            (key: "copiedBlobs", value: .number(copiedBlobCount)),
        ])
    }

    /// The same for people.
    package var text: String {
        let moment = offset < 0 ? "its beginning" : "event \(offset)"
        let kept = copiedBlobCount == 0 ? "without taking room" : "\(copiedBlobCount) of them copied"
        return """
            journal   \(journal), in \(printable(folder))
            goes on   from \(moment) of journal \(ancestor)
            blobs     \(Units.count(blobCount)), \(Units.bytes(blobByteCount)), \(kept)

            """
    }
}
