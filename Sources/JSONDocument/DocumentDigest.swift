import Crypto
import Synchronization

/// The digest of a table's document (docs/state-document.md, "Digest").
///
/// Keeps the hash of each second-level entry as long as the entry is the same memory, so a change re-hashes one entry.
package final class DocumentDigest: Sendable {
    private struct Entry {
        let value: JSONValue
        let hash: String
    }
    private let entries = Mutex<[String: Entry]>([:])

    package init() {}

    /// 64 lower-case hex digits.
    package func digest(of document: JSONValue) -> String {
        entries.withLock { known in
            var kept: [String: Entry] = [:]
            for (pointer, value) in Self.parts(document) {
                if let entry = known[pointer], entry.value.sharesStorage(with: value) {
                    kept[pointer] = entry
                } else {
                    kept[pointer] = Entry(value: value, hash: Self.hash(value))
                }
            }
            known = kept
            return Self.combine(kept.mapValues(\.hash))
        }
    }

    /// The same without a memory of earlier documents.
    package static func compute(_ document: JSONValue) -> String {
        var hashes: [String: String] = [:]
        for (pointer, value) in parts(document) { hashes[pointer] = hash(value) }
        return combine(hashes)
    }

    private static func parts(_ document: JSONValue) -> [(String, JSONValue)] {
        var parts: [(String, JSONValue)] = []
        for member in document.members ?? [] {
            let pointer = JSONPointer.root.appending(member.key)
            guard let below = member.value.members, !below.isEmpty else {
                parts.append((pointer.text, member.value))
                continue
            }
            for entry in below { parts.append((pointer.appending(entry.key).text, entry.value)) }
        }
        return parts
    }

    private static func hash(_ value: JSONValue) -> String { hexString(SHA256.hash(data: value.canonicalForm())) }

    private static func combine(_ hashes: [String: String]) -> String {
        let lines = hashes.map { Array("\($0.key) \($0.value)\n".utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        return hexString(SHA256.hash(data: Array(lines.joined())))
    }
}
