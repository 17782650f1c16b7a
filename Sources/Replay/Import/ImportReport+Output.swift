import JSONDocument
import Journal
import Table

/// What `import` can read.
package enum ImportKindOfSource: Sendable {
    /// The old server's data folders.
    case folder
    /// The old server's backup.
    case backup
    /// A journal's archive.
    case archive

    /// Looks at what stands at a path.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` for what is neither a file nor a folder, ``ReplayError/unreadable(_:hint:)`` for a
    ///   file that is no zip.
    package static func find(_ path: String, fileSystem: any FileSystem) throws(ReplayError) -> ImportKindOfSource {
        let disk = FolderDisk(fileSystem: fileSystem)
        switch try replayWriting({ () throws(FileError) in try disk.kind(path, followsLinks: true) }) {
        case .file: return try ArchiveUnpacking.isJournal(path) ? .archive : .backup
        case nil, .folder: return .folder  // nothing at all is told by whoever reads the folder
        case .link, .other:
            throw .usage(
                "\(path) is neither a folder nor an ordinary file",
                hint: "Give a folder, a backup or an archive with --from PATH.")
        }
    }
}

extension ImportCounts {
    fileprivate var text: String {
        var text = "\(Units.plural(maps, "map file")), \(Units.plural(scenes, "scene file")), "
        text += "\(Units.plural(sounds, "sound")), \(Units.bytes(totalSize))\n"
        if other > 0 { text += "\(Units.plural(other, "other file")) left where they are\n" }
        return text
    }

    fileprivate var json: JSONValue {
        .object([
            (key: "maps", value: .number(maps)), (key: "scenes", value: .number(scenes)),
            (key: "sounds", value: .number(sounds)), (key: "other", value: .number(other)),
            (key: "bytes", value: .number(totalSize)),
        ])
    }
}

extension TableImport.Report {
    /// For people.
    package func text(isDone: Bool) -> String {
        guard isDone else { return "would take \(counts.text)" }
        return "took \(counts.text)"
            + (offset.map { "imported by event \($0)\n" } ?? "the table had all of it already\n")
    }

    /// The stable form for programs.
    ///
    /// - Parameter source: `folder` or `backup`.
    package func json(from source: String, isDone: Bool) -> JSONValue {
        .object([
            (key: "from", value: .string(source)), (key: "done", value: .bool(isDone)),
            (key: "offset", value: offset.map { .number(Int($0)) } ?? .null), (key: "took", value: counts.json),
            (
                key: "leftOut",
                value: .array(
                    leftOut.map { ["path": .string($0.path), "reason": .string($0.reason)] })
            ),
        ])
    }
}

extension ArchiveImport.Report {
    /// For people: which of both it is comes first.
    package func text(isDone: Bool, _ folder: String) -> String {
        let blobs = "\(Units.plural(blobCount, "blob")), \(Units.bytes(blobByteCount))"
        let content = newestOffset < firstOffset ? "without events" : "events \(firstOffset) to \(newestOffset)"
        let archive = "archive   journal \(journal), \(content), \(blobs)\n"
        switch way {
        case .journal:
            return archive
                + "\(isDone ? "became" : "would become") the journal in \(printable(folder)), where there was none\n"
        case .event:
            let counts = counts?.text ?? ""
            guard isDone else {
                return archive
                    + "would put its last state over the table in \(printable(folder)), as one change: \(counts)"
            }
            let result = offset.map { "imported by event \($0)\n" } ?? "the table had all of it already\n"
            return archive + "put its last state over the table in \(printable(folder)): \(counts)" + result
        }
    }

    /// The stable form for programs.
    package func json(isDone: Bool) -> JSONValue {
        .object([
            (key: "from", value: "archive"), (key: "done", value: .bool(isDone)),
            (key: "as", value: .string(way.rawValue)), (key: "journal", value: .string(journal)),
            (key: "first", value: .number(Int(firstOffset))), (key: "newest", value: .number(Int(newestOffset))),
            (key: "blobs", value: .number(blobCount)), (key: "blobBytes", value: .number(Int(blobByteCount))),
            (key: "offset", value: offset.map { .number(Int($0)) } ?? .null),
            (key: "took", value: counts?.json ?? .null),
        ])
    }
}
