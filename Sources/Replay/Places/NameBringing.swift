import JSONDocument
import Journal

/// Tells, from an event's line, whether the event may have brought something of a name into the document.
///
/// What bears a name has it in an entry's key, or in its `id`, `name`, `label` or `folder`; so the event that made it, renamed
/// it or moved it there holds that text. May say yes of an event that brought something else; no only of one after which
/// nothing new is called so, but for what is a copy of something that was called so before.
struct NameBringing {
    /// The parts of the name and of its scene's name, in lower case; none for what is known by its pointer.
    private let keys: [String]
    /// Of each key, what stands in a line as it is but for the case of its letters; empty if no part of it does.
    private let pieces: [[UInt8]]
    /// For a pointer: what may change what it leads to.
    private let watch: PatchWatch?

    private static let namingMembers: Set = ["id", "name", "label", "folder"]

    init(_ name: PlaceName) {
        switch name {
        case .pointer(let pointer):
            (keys, pieces, watch) = ([], [], PatchWatch([pointer]))
        case .named(.live, _, _):
            (keys, pieces, watch) = ([], [], PatchWatch([JSONPointer(tokens: ["live"])]))
        case .named(_, let name, let scene):
            let keys = [name, scene ?? ""].flatMap { $0.lowercased().split(separator: "/").map(String.init) }
            (self.keys, watch) = (keys, nil)
            pieces = keys.map(Self.plainPiece)
        }
    }

    /// Whether the event of a line may have brought it.
    func mayBring(_ line: Span<UInt8>) throws(ReplayError) -> Bool {
        let envelope = try EventEnvelope.reading(line)
        let patch = line.extracting(envelope.patch)
        if let watch { return watch.concerns(patch) }
        guard pieces.contains(where: { patch.holdsLettersOf($0) }) else { return false }
        return try LoggedEvent.patch(patch, of: envelope.offset).operations.contains(where: brings)
    }

    /// The longest part of a key that a patch can't write in another way than by the case of its letters.
    private static func plainPiece(of key: String) -> [UInt8] {
        let parts = key.utf8.split { byte in
            byte < 0x20 || byte > 0x7E || "\"\\~".utf8.contains(byte)
        }
        return parts.max { $0.count < $1.count }.map(Array.init) ?? []
    }

    private func brings(_ operation: JSONPatchOperation) -> Bool {
        switch operation {
        case .add(let path, let value): isEntry(path) || names(value, at: path.tokens.count, path.lastToken)
        case .replace(let path, let value): names(value, at: path.tokens.count, path.lastToken)
        case .copy(_, let path), .move(_, let path): isEntry(path)
        case .remove, .test: false
        }
    }

    /// Whether it is an entry of the document that is called so: a map's path, a scene's id.
    private func isEntry(_ path: JSONPointer) -> Bool {
        path.tokens.count == 2 && isMeant(path.tokens[1])
    }

    /// Whether a value holds such a name.
    ///
    /// - Parameters:
    ///   - depth: How many tokens lead to it.
    ///   - member: The last of them.
    private func names(_ value: JSONValue, at depth: Int, _ member: String?) -> Bool {
        if let members = value.members {
            return members.contains { name, value in
                (depth == 1 && isMeant(name)) || names(value, at: depth + 1, name)
            }
        }
        if let elements = value.elements { return elements.contains { names($0, at: depth + 1, nil) } }
        guard let member, Self.namingMembers.contains(member) else { return false }
        return (value.stringValue ?? value.numberText).map(isMeant) ?? false
    }

    /// Whether a text, a part of it, or one without its extension is a part of the name.
    private func isMeant(_ text: String) -> Bool {
        text.lowercased().split(separator: "/").contains { part in
            keys.contains(String(part)) || keys.contains(FilePath.stem(String(part)))
        }
    }
}

extension Span<UInt8> {
    /// Whether a text in lower case is somewhere in it, whatever the case of its ASCII letters.
    fileprivate func holdsLettersOf(_ text: [UInt8]) -> Bool {
        guard let first = text.first, count >= text.count else { return text.isEmpty }
        for start in 0...(count - text.count) where self[start].loweredASCII == first {
            var length = 1
            while length < text.count, self[start + length].loweredASCII == text[length] { length += 1 }
            if length == text.count { return true }
        }
        return false
    }
}

extension UInt8 {
    fileprivate var loweredASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
