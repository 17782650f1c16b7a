import Glibc
import JSONDocument
import Journal
import Table

/// Removes the blobs that nothing names any more: no kept event, no document that the journal or an archive goes on from.
///
/// A text of 64 hex digits anywhere in an event keeps the blob of that name, whatever the text stands for.
package struct BlobPruning: Sendable {
    /// One blob on disk.
    package struct Blob: Sendable, Equatable {
        package let sha256: String
        package let byteCount: Int64
    }

    /// What there is.
    package struct Plan: Sendable {
        package let folder: String
        /// Blobs that something names.
        package let named: [Blob]
        /// Blobs that nothing names but that came within the last hour: an upload may be about to name them.
        package let young: [Blob]
        /// Blobs that go.
        package let unnamed: [Blob]
    }

    private let path: String
    private let archives: [String]
    private let fileSystem: any FileSystem
    private let clock: JournalClock

    /// Blobs that are younger are left alone.
    private static let youthMilliseconds: Int64 = 3_600_000

    /// - Parameters:
    ///   - path: The table's folder or the folder of all tables, as given to `--journal`.
    ///   - archives: Folders whose events keep blobs too.
    package init(
        path: String, archives: [String], fileSystem: any FileSystem, clock: @escaping JournalClock
    ) {
        self.path = path
        self.archives = archives
        self.fileSystem = fileSystem
        self.clock = clock
    }

    /// Finds out what nothing names; needs no lock and writes nothing.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` for a journal of which not all can be read: what it names isn't known then.
    package func examine(progress: @escaping ProgressSink) throws(ReplayError) -> Plan {
        let source = try JournalSource(path: path, archives: archives, fileSystem: fileSystem)
        // The list first: a blob that comes while events are read is in the one or too young.
        let present = try blobs(of: source.folder)
        let names = try names(in: source, progress: progress)
        let newest = clock().milliseconds - Self.youthMilliseconds
        let unnamed = present.filter { !names.contains($0.blob.sha256) }
        return Plan(
            folder: source.folder, named: present.map(\.blob).filter { names.contains($0.sha256) },
            young: unnamed.filter { $0.modified > newest }.map(\.blob),
            unnamed: unnamed.filter { $0.modified <= newest }.map(\.blob))
    }

    /// Removes them, under the journal's lock.
    package func run(progress: @escaping ProgressSink) throws(ReplayError) -> Plan {
        let source = try JournalSource(path: path, archives: archives, fileSystem: fileSystem)
        let lock = try lock(source.folder)
        defer { lock.unlock() }
        let plan = try examine(progress: progress)
        let store = BlobStore(folder: source.folder, fileSystem: fileSystem, makeUUID: { "" })
        try replayWriting { () throws(FileError) in
            for (index, blob) in plan.unnamed.enumerated() {
                do throws(FileError) {
                    try fileSystem.remove(store.path(blob.sha256))
                } catch {
                    // Gone already, which is what was wanted.
                    guard error.isMissing else { throw error }
                }
                progress(
                    ProgressStep(
                        title: "Removing", done: Int64(index + 1), total: Int64(plan.unnamed.count), unit: .files))
            }
            for folder in Set(plan.unnamed.map { parentFolder(of: store.path($0.sha256)) }).sorted() {
                try fileSystem.syncFolder(folder)
            }
        }
        return plan
    }

    private func lock(_ folder: String) throws(ReplayError) -> any FileLock {
        let path = "\(folder)/\(JournalFolder.lockName)"
        do throws(FileError) {
            return try fileSystem.lock(path, note: WriterProbe.ownProcess)
        } catch {
            throw error.isLocked
                ? ReplayError(JournalError.locked(path: path, holder: error.lockHolder ?? "")) : ReplayError(error)
        }
    }

    private func blobs(of folder: String) throws(ReplayError) -> [(blob: Blob, modified: Int64)] {
        let root = "\(folder)/blobs/sha256"
        return try replayWriting { () throws(FileError) in
            guard try fileSystem.status(root) != nil else { return [] }
            var blobs: [(blob: Blob, modified: Int64)] = []
            for part in try fileSystem.list(root) {
                guard try fileSystem.status("\(root)/\(part)")?.isFolder == true else { continue }
                // Only where the table looks for it; what stands elsewhere is somebody else's.
                for name in try fileSystem.list("\(root)/\(part)")
                where BlobStore.isName(name) && name.prefix(2) == part {
                    let path = "\(root)/\(part)/\(name)"
                    guard let status = try fileSystem.status(path),
                        let modified = try fileSystem.modificationTime(path)
                    else { continue }
                    blobs.append((Blob(sha256: name, byteCount: status.byteCount), modified))
                }
            }
            return blobs
        }
    }

    private func names(
        in source: JournalSource, progress: @escaping ProgressSink
    ) throws(ReplayError) -> Set<String> {
        var names = NamedBlobs()
        let report = try replayReading { () throws(JournalError) in
            for start in try source.reader.startDocuments() { names.add(start.document.span, event: start.offset) }
            return try JournalVerifier.verify(
                source.reader, onLine: { names.add($1, event: $0) },
                progress: {
                    progress(
                        ProgressStep(
                            title: "Reading events", done: $0.byteCount, total: $0.totalByteCount, unit: .bytes))
                })
        }
        guard let damage = report.damages.first else { return names.possible }
        throw .unreadable(
            "\(damage)",
            hint: "Nothing was removed: what a damaged journal names isn't known. See `spell-replay repair`.")
    }
}

extension BlobPruning.Plan {
    /// The stable form for programs.
    ///
    /// - Parameter isDone: Whether they are gone.
    package func json(isDone: Bool) -> JSONValue {
        .object([
            (key: "folder", value: .string(folder)), (key: "removed", value: .bool(isDone)),
            (key: "unnamed", value: Self.json(unnamed)), (key: "young", value: Self.json(young)),
            (key: "kept", value: .number(named.count)), (key: "keptBytes", value: .number(Int(Self.bytes(named)))),
        ])
    }

    private static func json(_ blobs: [BlobPruning.Blob]) -> JSONValue {
        .array(
            blobs.map { blob in
                .object([
                    (key: "sha256", value: .string(blob.sha256)), (key: "bytes", value: .number(Int(blob.byteCount))),
                ])
            })
    }

    private static func bytes(_ blobs: [BlobPruning.Blob]) -> Int64 { blobs.reduce(0) { $0 + $1.byteCount } }

    /// The same for people.
    package func text(isDone: Bool) -> String {
        func line(_ blobs: [BlobPruning.Blob]) -> String {
            "\(Units.plural(blobs.count, "blob")), \(Units.bytes(Self.bytes(blobs)))"
        }
        var text = "\(isDone ? "removed" : "unnamed")   \(line(unnamed)), that nothing names\n"
        if !young.isEmpty { text += "young     \(line(young)), less than an hour old: left alone\n" }
        return text + "kept      \(line(named))\n"
    }
}
