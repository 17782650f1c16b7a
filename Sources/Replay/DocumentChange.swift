import JSONDocument

/// One difference between two documents, for people.
package struct DocumentChange: Sendable, Equatable {
    /// What became of the value.
    package enum Kind: String, Sendable { case added, removed, changed, moved }

    package let kind: Kind
    package let path: JSONPointer
    /// Where a moved value stood before.
    package let from: JSONPointer?
    /// The value before; `nil` for what was added.
    package let old: JSONValue?
    /// The value after; `nil` for what was removed.
    package let new: JSONValue?
    /// The name of the innermost named thing on the way to `path`, such as the map that was moved.
    package let name: String?

    /// What a patch does to a document, operation by operation.
    ///
    /// Later operations see what earlier ones did, as RFC 6902 has it: an index counts in the array as it is by then.
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` if the patch doesn't fit the document.
    package static func list(of patch: JSONPatch, on document: JSONValue) throws(ReplayError) -> [DocumentChange] {
        var document = document
        var changes: [DocumentChange] = []
        for operation in patch.operations {
            let before = document
            do throws(JSONPatchError) {
                try document.apply(JSONPatch([operation]))
            } catch {
                throw .unreadable("the patch doesn't fit the document: \(error)", hint: ReplayError.verifyHint)
            }
            if let change = DocumentChange(operation, before: before, after: document) { changes.append(change) }
        }
        return changes
    }

    /// Nothing for a `test`, which changes nothing.
    private init?(_ operation: JSONPatchOperation, before: JSONValue, after: JSONValue) {
        path = operation.path
        let old = before.value(at: operation.path)
        switch operation {
        case .test: return nil
        case .add(_, let value):
            // `add` replaces a member that is there, but makes room in an array.
            let isInsertion = path.parent.flatMap { before.value(at: $0) }?.kind == .array
            kind = old == nil || isInsertion ? .added : .changed
            (from, self.old, new) = (nil, isInsertion ? nil : old, value)
        case .remove: (kind, from, self.old, new) = (.removed, nil, old, nil)
        case .replace(_, let value): (kind, from, self.old, new) = (.changed, nil, old, value)
        case .move(let source, _): (kind, from, self.old, new) = (.moved, source, nil, before.value(at: source))
        case .copy(let source, _): (kind, from, self.old, new) = (.added, nil, nil, before.value(at: source))
        }
        name = Self.name(on: operation.path, in: before) ?? Self.name(on: operation.path, in: after)
    }

    /// The `name` (else the last named container's) along a path.
    private static func name(on path: JSONPointer, in document: JSONValue) -> String? {
        var value: JSONValue? = document
        var name: String?
        for token in path.tokens.dropLast() {
            value = value?.child(token)
            name = value?["name"]?.stringValue ?? name
        }
        return name
    }
}

extension JSONValue {
    /// The member or element that a pointer's token names; `nil` where there is none.
    func child(_ token: String) -> JSONValue? {
        guard isArray else { return self[token] }
        guard let index = Int(token), index >= 0, index < count else { return nil }
        return self[index]
    }
}
