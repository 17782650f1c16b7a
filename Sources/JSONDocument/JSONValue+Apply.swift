extension JSONValue {
    /// Does a patch's operations in order, all of them or none.
    ///
    /// `replace` and `add` on a member that is there keep its place; `add` of a new one appends it. The document is
    /// changed in place where nobody else holds it, else in copies of the levels on each path. The cost is that of
    /// those levels' widths, never that of the document.
    /// - Parameter limits: For a patch from outside; one that costs more is refused.
    package mutating func apply(_ patch: JSONPatch, limits: JSONPatchLimits = .none) throws(JSONPatchError) {
        var application = PatchApplication(
            keepsUndo: patch.operations.count > 1 || limits != .none, measures: limits != .none)
        for (index, operation) in patch.operations.enumerated() {
            do throws(JSONPatchError) {
                try application.apply(operation, at: index, to: &self)
                guard application.effort <= limits.effort else {
                    throw .tooCostly(index: index, limit: limits.effort)
                }
            } catch {
                application.takeBack(from: &self)
                throw error
            }
        }
    }
}

/// A patch on its way, with what is needed to take it back.
private struct PatchApplication {
    private enum Undo {
        case replace(JSONPointer, JSONValue)
        case remove(JSONPointer)
        case insert(JSONPointer, JSONValue)
    }

    private let keepsUndo: Bool
    private let measures: Bool
    private var undo: [Undo] = []
    /// What was done so far costs; see ``JSONPatchLimits/effort``.
    private(set) var effort = 0

    /// - Parameters:
    ///   - keepsUndo: False for a patch of one operation: each is atomic by itself.
    ///   - measures: Whether ``effort`` counts what is copied, too: to know its length costs a walk.
    init(keepsUndo: Bool, measures: Bool = false) {
        self.keepsUndo = keepsUndo
        self.measures = measures
    }

    mutating func apply(
        _ operation: JSONPatchOperation, at index: Int, to document: inout JSONValue
    ) throws(JSONPatchError) {
        switch operation {
        case .add(let path, let value): try add(value, path, index, &document)
        case .remove(let path): _ = try remove(path, index, &document)
        case .replace(let path, let value): try replace(value, path, index, &document)
        case .move(let from, let path): try move(from, path, index, &document)
        case .copy(let from, let path):
            guard let value = document.value(at: from) else { throw .pathNotFound(index: index, path: from) }
            // Up to here the effort was within its limit, so that this walk is, too.
            if measures { effort += value.byteCount }
            try add(value, path, index, &document)
        case .test(let path, let value):
            guard let present = document.value(at: path) else { throw .pathNotFound(index: index, path: path) }
            guard present == value else { throw .testFailed(index: index, path: path) }
        }
    }

    /// Undoes what was done, the last first.
    mutating func takeBack(from document: inout JSONValue) {
        while let step = undo.popLast() {
            do throws(JSONEditFault) {
                switch step {
                case .replace(let path, let value): try document.put(value, at: path)
                case .remove(let path): _ = try document.edit(path, .remove)
                case .insert(let path, let value): _ = try document.edit(path, .add(value))
                }
            } catch {
                preconditionFailure("a patch could not be taken back: \(step)")
            }
        }
    }

    private mutating func add(
        _ value: JSONValue, _ path: JSONPointer, _ index: Int, _ document: inout JSONValue
    ) throws(JSONPatchError) {
        guard !path.isRoot else { return try replace(value, path, index, &document) }
        try checkDepth(value, path, index)
        let outcome = try edit(.add(value), path, index, &document)
        guard keepsUndo else { return }
        if let old = outcome.old {
            undo.append(.replace(path, old))
        } else if let parent = path.parent, document.value(at: parent)?.isArray == true {
            undo.append(.remove(parent.appending(outcome.index)))
        } else {
            undo.append(.remove(path))
        }
    }

    private mutating func replace(
        _ value: JSONValue, _ path: JSONPointer, _ index: Int, _ document: inout JSONValue
    ) throws(JSONPatchError) {
        try checkDepth(value, path, index)
        guard !path.isRoot else {
            if keepsUndo { undo.append(.replace(path, document)) }
            document = value
            return
        }
        let outcome = try edit(.replace(value), path, index, &document)
        if keepsUndo, let old = outcome.old { undo.append(.replace(path, old)) }
    }

    /// - Returns: What was removed.
    private mutating func remove(
        _ path: JSONPointer, _ index: Int, _ document: inout JSONValue
    ) throws(JSONPatchError) -> JSONValue {
        guard let parent = path.parent else {
            throw .invalidOperation(index: index, reason: "the whole document cannot be removed")
        }
        // A removed member's place in the order cannot be found again, so its whole object is kept. Not so an array:
        // one more reference would make the removal copy it.
        let container = keepsUndo ? document.value(at: parent).flatMap { $0.isArray ? nil : $0 } : nil
        let outcome = try edit(.remove, path, index, &document)
        guard let old = outcome.old else { throw .pathNotFound(index: index, path: path) }
        if keepsUndo { undo.append(container.map { .replace(parent, $0) } ?? .insert(path, old)) }
        return old
    }

    private mutating func move(
        _ from: JSONPointer, _ path: JSONPointer, _ index: Int, _ document: inout JSONValue
    ) throws(JSONPatchError) {
        if from == path {
            guard document.value(at: path) != nil else { throw .pathNotFound(index: index, path: path) }
            return
        }
        guard !from.isPrefix(of: path) else {
            throw .invalidOperation(index: index, reason: "\"\(from)\" cannot move into itself")
        }
        guard !keepsUndo else {
            let value = try remove(from, index, &document)
            return try add(value, path, index, &document)
        }
        // Two changes, so it has to be undone even if it is alone.
        var both = PatchApplication(keepsUndo: true)
        do throws(JSONPatchError) {
            let value = try both.remove(from, index, &document)
            try both.add(value, path, index, &document)
        } catch {
            both.takeBack(from: &document)
            throw error
        }
    }

    private mutating func edit(
        _ edit: JSONEdit, _ path: JSONPointer, _ index: Int, _ document: inout JSONValue
    ) throws(JSONPatchError) -> JSONEditOutcome {
        do throws(JSONEditFault) {
            let outcome = try document.edit(path, edit)
            effort += outcome.movedCount
            return outcome
        } catch {
            throw error.patchError(index: index, path: path)
        }
    }

    private func checkDepth(_ value: JSONValue, _ path: JSONPointer, _ index: Int) throws(JSONPatchError) {
        if value.nestsDeeper(than: JSONLimits.depthMax - path.depth) { throw .tooDeep(index: index, path: path) }
    }
}

extension JSONEditFault {
    func patchError(index: Int, path: JSONPointer) -> JSONPatchError {
        switch self {
        case .notFound: .pathNotFound(index: index, path: path)
        case .invalidIndex: .invalidIndex(index: index, path: path)
        }
    }
}

extension JSONValue {
    /// As ``edit(_:from:_:)``, with a pointer that is not the root.
    mutating func edit(_ pointer: JSONPointer, _ edit: JSONEdit) throws(JSONEditFault) -> JSONEditOutcome {
        try self.edit(pointer.slice.buffer.span.extracting(pointer.slice.range), edit)
    }

    /// Puts a value where one is.
    fileprivate mutating func put(_ value: JSONValue, at pointer: JSONPointer) throws(JSONEditFault) {
        if pointer.isRoot {
            self = value
        } else {
            _ = try edit(pointer, .replace(value))
        }
    }
}
