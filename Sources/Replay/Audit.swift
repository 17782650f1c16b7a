import JSONDocument
import Journal
import Table

/// Checks everything that a journal promises: checksums, chain, dense offsets, that every patch applies, that
/// start documents and snapshots agree with replay, and that the blobs which events name are there and whole.
package struct Audit: Sendable {
    /// Something that is not as it must be.
    package struct Finding: Sendable, Equatable {
        /// Where: a file's path.
        package let file: String
        /// The first bad byte, where that is known.
        package let byteOffset: Int64?
        /// The event that is concerned, where that is known.
        package let eventOffset: Int64?
        package let reason: String
        /// It is a blob that isn't there, and nothing else.
        package let isMissingBlob: Bool
    }

    /// What was checked and what was found.
    package struct Report: Sendable {
        package let journal: VerifyReport
        /// The document's digest after the newest event; `nil` if the events don't replay.
        package let digest: String?
        package let snapshotCount: Int
        package let blobCount: Int
        package let blobByteCount: Int64
        /// In the order journal, replay, start documents, snapshots, blobs; empty if all is well.
        package let findings: [Finding]

        /// Nothing is wrong.
        package var isClean: Bool { findings.isEmpty }
    }

    private let source: JournalSource

    /// Reads without a lock: a journal that is being written is checked up to its newest whole commit.
    package init(_ source: JournalSource) {
        self.source = source
    }

    /// Reads everything.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` where the disk refuses; damage is not an error but a finding.
    package func run(progress: @escaping ProgressSink) throws(ReplayError) -> Report {
        let (journal, replay) = try read(progress: progress)
        var findings = findings(journal, replay)
        findings += try StartAudit(source).findings(replay.digests, journal)
        for folder in folders {
            findings += try SnapshotAudit(source, folder: folder).findings(replay.digests, journal)
        }
        let blobs = BlobAudit(source.allBlobs).run(replay.blobs, progress: progress)
        findings += blobs.findings
        return Report(
            journal: journal, digest: digest(replay), snapshotCount: try snapshotOffsets().count,
            blobCount: replay.blobs.count, blobByteCount: blobs.byteCount, findings: findings)
    }

    /// Reads the journal and replays it, and looks at nothing else.
    ///
    /// - Returns: What was found, the newest event, and the digest of the document that it all comes to.
    func journal(
        progress: @escaping ProgressSink
    ) throws(ReplayError) -> (findings: [Finding], newest: Int64, digest: String?) {
        let (journal, replay) = try read(progress: progress)
        return (findings(journal, replay), journal.newestOffset, digest(replay))
    }

    private func read(progress: @escaping ProgressSink) throws(ReplayError) -> (VerifyReport, AuditReplay) {
        var replay = AuditReplay(
            try start(), wanted: try snapshotOffsets() + source.reader.laterStarts.map(\.offset))
        do throws(JournalError) {
            let journal = try JournalVerifier.verify(
                source.reader,
                onLine: { (offset, line) throws(JournalError) in replay.take(offset, line) },
                progress: { step in
                    progress(
                        ProgressStep(
                            title: "Verifying", done: step.byteCount, total: step.totalByteCount, unit: .bytes))
                })
            return (journal, replay)
        } catch {
            throw ReplayError(error)
        }
    }

    private func findings(_ journal: VerifyReport, _ replay: AuditReplay) -> [Finding] {
        journal.damages.map(Finding.init)
            + replay.failures.map { Finding(file: source.folder, event: $0.offset, reason: $0.reason) }
    }

    private func digest(_ replay: AuditReplay) -> String? {
        replay.isWhole ? DocumentDigest.compute(replay.document) : nil
    }

    private func start() throws(ReplayError) -> DocumentFold {
        do throws(TableError) {
            return try source.reader.firstDocument()
        } catch {
            throw ReplayError(error)
        }
    }

    /// The folders that snapshots stand in.
    private var folders: [String] { [source.folder] + source.archives }

    private func snapshotOffsets() throws(ReplayError) -> [Int64] {
        do throws(JournalError) {
            var offsets: [Int64] = []
            for folder in folders {
                offsets += try SnapshotStore(folder: folder, fileSystem: source.fileSystem).list()
            }
            return offsets
        } catch {
            throw ReplayError(error)
        }
    }
}

extension Audit.Finding {
    init(_ damage: JournalDamage) {
        self.init(
            file: damage.file, byteOffset: damage.byteOffset, eventOffset: damage.eventOffset, reason: damage.reason,
            isMissingBlob: false)
    }

    init(file: String, event: Int64? = nil, reason: String, isMissingBlob: Bool = false) {
        self.init(file: file, byteOffset: nil, eventOffset: event, reason: reason, isMissingBlob: isMissingBlob)
    }

    /// `journal/default/0….jsonl.lz4, byte 17, event 3: …`.
    package var text: String {
        let byte = byteOffset.map { ", byte \($0)" } ?? ""
        let event = eventOffset.map { ", event \($0)" } ?? ""
        return "\(file)\(byte)\(event): \(reason)"
    }

    /// The stable form for programs.
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [("file", .string(file))]
        if let byteOffset { members.append(("byte", .number(Int(byteOffset)))) }
        if let eventOffset { members.append(("event", .number(Int(eventOffset)))) }
        members.append(("reason", .string(reason)))
        return .object(members)
    }
}
