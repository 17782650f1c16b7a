import JSONDocument
import Table

/// What a restore, undo or redo would change.
package struct ChangePreview: Sendable {
    /// The newest event now.
    package let newest: Int64
    package let patch: JSONPatch
    /// The same for people; empty if there is nothing to change.
    package let changes: [ToldChange]
    /// What comes along with what was asked for, such as the folder of a scene.
    package let also: [JSONPointer]
    /// What the event would say of itself; null where there would be none.
    package let data: JSONValue
    /// What it would change, for ``HistoryChange/only(as:)``; nil where it wasn't told.
    package let change: String?

    /// - Parameter document: What the patch is for.
    package init(
        newest: Int64, patch: JSONPatch, document: JSONValue, also: [JSONPointer] = [], data: JSONValue = .null,
        change: String? = nil
    ) throws(ReplayError) {
        self.newest = newest
        self.patch = patch
        var changed = document
        do throws(JSONPatchError) {
            try changed.apply(patch)
        } catch {
            throw .unreadable("the patch doesn't fit the document: \(error)", hint: ReplayError.verifyHint)
        }
        self.changes = TableTelling.changes(from: document, to: changed)
        self.also = also
        self.data = data
        self.change = change
    }

    /// Reads a server's answer to a dry run.
    ///
    /// - Returns: `nil` if it is none.
    package init?(answer: JSONValue, document: JSONValue) throws(ReplayError) {
        guard let operations = answer["patch"], let newest = answer["offset"]?.intValue else { return nil }
        let also = (answer["with"]?.elements ?? []).compactMap(\.stringValue)
        do {
            let pointers = try also.map { try JSONPointer($0) }
            try self.init(
                newest: Int64(newest), patch: try JSONPatch(operations), document: document, also: pointers,
                data: answer["data"] ?? .null, change: answer["change"]?.stringValue)
        } catch let error as ReplayError {
            throw error
        } catch {
            throw .unreadable("the server's answer can't be read: \(error)", hint: "")
        }
    }

    init(_ decision: Decision, newest: Int64, document: JSONValue) throws(ReplayError) {
        let answer = HistoryRehearsal(offset: newest, decision: decision).answer
        guard let preview = try ChangePreview(answer: answer, document: document) else {
            throw .unreadable("the table's answer can't be read", hint: "")
        }
        self = preview
    }

    /// The object that `--json` prints: docs/replay-json.md.
    ///
    /// - Parameter event: The event that was made; `nil` if none was.
    package func json(_ change: HistoryChange, event: Int64?) -> JSONValue {
        .object([
            (key: "command", value: .string(change.kind.rawValue)), (key: "asked", value: change.data),
            (key: "newest", value: .number(Int(newest))), (key: "data", value: data),
            (key: "patch", value: patch.jsonValue), (key: "with", value: .array(also.map { .string($0.text) })),
            (key: "event", value: event.map { .number(Int($0)) } ?? .null),
        ])
    }
}
