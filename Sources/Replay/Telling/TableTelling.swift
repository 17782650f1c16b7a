import JSONDocument

/// Tells the differences between two documents of a table in sentences.
///
/// Every object is gone through member by member. A member that people have words for is told in those; whatever is left,
/// at any depth, is told by its pointer and its values. So nothing that differs is left out, also in documents of another
/// version.
package struct TableTelling {
    /// Tells how a member changed.
    ///
    /// - Returns: Whether it did; otherwise the member is told by its pointer.
    typealias Teller = (inout TableTelling, Difference) -> Bool

    /// One value at two moments.
    struct Difference {
        /// nil where it wasn't there.
        let old: JSONValue?
        /// nil where it isn't there any more.
        let new: JSONValue?
        /// Where it is in the newer document; for what is gone, where it was.
        let pointer: JSONPointer
    }

    private(set) var changes: [ToldChange] = []
    /// The scene that is being told, unless it is on the table.
    var scope: String?
    /// The thing that is being told, for what has no sentence.
    var subject: String?
    private let printer: ChangePrinter

    private init(valueWidth: Int) {
        printer = ChangePrinter(paint: .plain, valueWidth: valueWidth)
    }

    /// What a table's document became.
    ///
    /// - Parameter valueWidth: How many columns a value may take where it is told by its pointer.
    /// - Returns: The scene on the table first, then the viewers' screens and the music, then the library.
    package static func changes(from old: JSONValue, to new: JSONValue, valueWidth: Int = 60) -> [ToldChange] {
        var telling = TableTelling(valueWidth: valueWidth)
        telling.tellTable(old, new)
        return telling.changes
    }

    private mutating func tellTable(_ old: JSONValue, _ new: JSONValue) {
        guard old.isObject, new.isObject else { return other(Difference(old: old, new: new, pointer: .root)) }
        let files = FileTelling(old: old, new: new)
        let tellers: [(name: String, tell: Teller)] = [
            ("live", { $0.tellLive($1) }), ("viewer", { $0.tellViewer($1) }), ("audio", { $0.tellAudio($1) }),
            ("scenes", { $0.tellScenes($1) }), ("sceneImages", { $0.tellSceneImages($1, old: old, new: new) }),
            ("sceneFolders", { $0.tellFolders($1, "scene folder", files) }),
            ("mapFolders", { $0.tellFolders($1, "map folder", files) }),
            ("maps", { $0.tellFiles($1, "map", files) }), ("mapData", { $0.tellMapData($1, files) }),
            ("sounds", { $0.tellFiles($1, "sound", files) }),
        ]
        let order = tellers.map(\.name) + (old.members ?? []).map(\.key) + (new.members ?? []).map(\.key)
        members(Difference(old: old, new: new, pointer: .root), tellers, order: order)
    }

    /// Adds a sentence.
    mutating func say(
        _ kind: String, _ sentence: String, at pointer: JSONPointer, _ direction: ToldChange.Direction = .changed
    ) {
        changes.append(
            ToldChange(kind: kind, pointer: pointer, scope: scope, sentence: sentence, direction: direction))
    }

    /// Goes through the members of an object that differ.
    ///
    /// - Parameters:
    ///   - tellers: Who tells which member.
    ///   - order: The names in the order in which to tell; the older object's, then the newer one's, if not given.
    mutating func members(
        _ object: Difference, _ tellers: [(name: String, tell: Teller)] = [], order: [String]? = nil
    ) {
        guard let old = object.old, let new = object.new, old.isObject, new.isObject else { return other(object) }
        let names = order ?? (old.members ?? []).map(\.key) + (new.members ?? []).map(\.key)
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            let member = Difference(old: old[name], new: new[name], pointer: object.pointer.appending(name))
            guard member.old != member.new else { continue }
            if let teller = tellers.first(where: { $0.name == name }), teller.tell(&self, member) { continue }
            other(member)
        }
    }

    /// Tells what has no sentence of its own: by pointer, with its values.
    mutating func other(_ difference: Difference) {
        guard let old = difference.old, let new = difference.new else {
            let isNew = difference.old == nil
            guard let value = difference.old ?? difference.new else { return }
            let change = DocumentChange(
                kind: isNew ? .added : .removed, path: difference.pointer, from: nil, old: isNew ? nil : value,
                new: isNew ? value : nil, name: subject)
            return say(change)
        }
        let patch = JSONDiff.patch(from: old, to: new)
        do throws(ReplayError) {
            for change in try DocumentChange.list(of: patch, on: old) {
                say(change.below(difference.pointer, name: subject))
            }
        } catch {
            preconditionFailure("a difference doesn't fit what it was taken from: \(error)")
        }
    }

    private mutating func say(_ change: DocumentChange) {
        let direction: ToldChange.Direction =
            switch change.kind {
            case .added: .came
            case .removed: .went
            case .changed, .moved: .changed
            }
        // The sign stands in front of every line.
        let line = String(printer.line(change).dropFirst(2))
        say("other.\(change.kind.rawValue)", line, at: change.path, direction)
    }
}
