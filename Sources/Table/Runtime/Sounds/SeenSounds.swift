import JSONDocument
import Journal

/// Which files of the sounds folder were taken in, as far as remembered: {"<name>":{"size","modified","blob"}, …}.
///
/// A cache: a file that can't be read is taken for an empty one.
struct SeenSounds: Sendable {
    struct Entry: Sendable, Equatable {
        let stamp: SoundsFolder.Stamp
        let sha256: String
    }

    let path: String
    let fileSystem: any FileSystem

    func read() -> [String: Entry] {
        guard let bytes = try? self.fileSystem.contents(of: self.path), let json = try? JSONValue.parse(bytes) else {
            return [:]
        }
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

    /// - Returns: Why it could not be written; `nil` if it was.
    func write(_ entries: [String: Entry]) -> String? {
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
        do {
            try self.fileSystem.writeDurably(JSONValue.object(members).serialized(), to: self.path)
            return nil
        } catch {
            return "what was seen can't be kept: \(error)"
        }
    }
}
