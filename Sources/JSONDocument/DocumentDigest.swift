import Crypto
import Synchronization

/// The digest of a table's document (docs: state document, "Digest"), which a client in any language can compute too.
///
/// It keeps the line of each second-level entry with the value it was made from. An entry whose storage is still the
/// same is not hashed again, so a change costs the hash of what changed plus that of the lines. Safe to use from any
/// thread; one digest at a time.
package final class DocumentDigest: Sendable {
    private let sections = Mutex<[JSONText: DigestSection]>([:])

    package init() {}

    /// The digest of `document` as 64 hexadecimal digits.
    package func digest(of document: JSONValue) -> String {
        sections.withLock { sections in
            var next: [JSONText: DigestSection] = [:]
            for member in document.childMembers ?? [] {
                next[member.key] = DigestSection(member, after: sections[member.key])
            }
            sections = next
            return Self.hash(next.values)
        }
    }

    /// The digest of `document`, with nothing kept.
    package static func compute(_ document: JSONValue) -> String {
        hash((document.childMembers ?? []).map { DigestSection($0, after: nil) })
    }

    private static func hash(_ sections: some Collection<DigestSection>) -> String {
        // The lines of two sections never interleave: neither name continues the other's slash or blank.
        var hash = SHA256()
        for section in sections.sorted(by: { ByteComparison.precedes($0.lines.span, $1.lines.span) }) {
            hash.update(data: section.lines)
        }
        return hexString(hash.finalize())
    }
}

/// The lines of one first-level member.
private struct DigestSection: Sendable {
    private struct Entry: Sendable {
        var value: JSONValue
        /// `<pointer> <hex>` and a line feed.
        var line: [UInt8]
    }

    private let value: JSONValue
    private let entries: [JSONText: Entry]
    /// All lines, sorted by bytes.
    let lines: [UInt8]

    /// - Parameter old: What this member had before; its entries are taken over where they are the same storage.
    init(_ member: JSONMember, after old: DigestSection?) {
        value = member.value
        if let old, old.value.sharesStorage(with: member.value) {
            entries = old.entries
            lines = old.lines
            return
        }
        var prefix: [UInt8] = []
        JSONPointer.append(member.key, to: &prefix)
        let children = Self.children(of: member.value)
        var entries: [JSONText: Entry] = [:]
        entries.reserveCapacity(children.count)
        for child in children {
            if let same = old?.entries[child.key], same.value.sharesStorage(with: child.value) {
                entries[child.key] = same
            } else {
                var pointer = prefix
                JSONPointer.append(child.key, to: &pointer)
                entries[child.key] = Entry(value: child.value, line: Self.line(pointer, child.value))
            }
        }
        self.entries = entries
        lines =
            children.isEmpty
            ? Self.line(prefix, member.value)
            : Array(entries.values.map(\.line).sorted { ByteComparison.precedes($0.span, $1.span) }.joined())
    }

    /// An array's elements count by their indexes.
    private static func children(of value: JSONValue) -> [JSONMember] {
        if let members = value.childMembers { return members }
        return (value.childElements ?? []).enumerated()
            .map { JSONMember(key: JSONText(encoding: String($0.offset)), value: $0.element) }
    }

    private static func line(_ pointer: [UInt8], _ value: JSONValue) -> [UInt8] {
        var line = pointer
        line.append(UInt8(ascii: " "))
        line += hexString(SHA256.hash(data: value.canonicalForm())).utf8
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
