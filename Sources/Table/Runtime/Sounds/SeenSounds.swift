import JSONDocument
import Journal

/// Which files of the sounds folder were taken in, as far as remembered: {"<name>":{"size","modified","blob"}, …}.
///
/// A sound that was removed at the table stays away only as long as this is known.
struct SeenSounds: Sendable {
    struct Entry: Sendable, Equatable {
        let stamp: SoundsFolder.Stamp
        let sha256: String
    }

    let path: String
    let fileSystem: any FileSystem

    /// What the file says; empty if there is none.
    ///
    /// - Throws: ``FileError``, or a ``JSONSyntaxError`` for a file that holds something else.
    func read() throws -> [String: Entry] {
        guard let bytes = try self.fileSystem.contents(of: self.path) else { return [:] }
        let json = try JSONValue.parse(bytes)
        var entries: [String: Entry] = [:]
        for (name, value) in json.members ?? [] {
            guard let size = value["size"]?.intValue, let modified = value["modified"]?.intValue,
                let sha256 = value["blob"]?.stringValue
            else { continue }
            let stamp = SoundsFolder.Stamp(size: Int64(size), modified: Int64(modified))
            entries[name] = Entry(stamp: stamp, sha256: sha256)
        }
        return entries
    }

    func write(_ entries: [String: Entry]) throws(FileError) {
        let members = entries.sorted { $0.key < $1.key }.map { name, entry in
            (
                key: name,
                value: JSONValue.object([
                    (key: "size", value: .number(Int(entry.stamp.size))),
                    (key: "modified", value: .number(Int(entry.stamp.modified))),
                    (key: "blob", value: .string(entry.sha256)),
                ])
            )
        }
        try self.fileSystem.writeDurably(JSONValue.object(members).serialized(), to: self.path)
    }
}
