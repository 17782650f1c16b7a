/// One change at the place that a pointer leads to.
enum JSONEdit {
    /// Sets a member, or inserts an element.
    case add(JSONValue)
    case replace(JSONValue)
    case remove
}

/// What a change found, enough to take it back.
struct JSONEditOutcome {
    /// What stood there before; nil where the change added something new.
    var old: JSONValue?
    /// Where an array's element was added or removed; 0 elsewhere.
    var index = 0
    /// How many elements of an array had to move up or down.
    var movedCount = 0
}

/// Why a change is impossible.
///
/// The document is as it was.
enum JSONEditFault: Error {
    /// The pointer leads nowhere, or through a scalar.
    case notFound
    /// A token is no index, or beyond the array's end.
    case invalidIndex
}

extension JSONValue {
    /// Changes what `path` leads to, in place where this value's storage is referenced once, else in copies of the
    /// levels on the way; their other children are shared.
    ///
    /// - Parameters:
    ///   - path: A validated pointer's text, not empty.
    ///   - slash: Where in `path` this value's token begins.
    mutating func edit(
        _ path: Span<UInt8>, from slash: Int = 0, _ edit: JSONEdit
    ) throws(JSONEditFault) -> JSONEditOutcome {
        let token = PointerToken(path, slashAt: slash)
        expandOneLevel()
        guard isObject, !token.isPlain else {
            return try self.edit(path, token, key: path.extracting(token.start..<token.end), edit)
        }
        return try self.edit(path, token, key: token.key(path).bytes.span, edit)
    }

    /// Each container is taken out of the storage while it is changed, so that it is referenced once.
    ///
    /// That has to be an `if case` for each kind: a `switch` keeps a reference of its own until it ends, and every
    /// level is copied (measured on Swift 6.3: one allocation more for each level of the path).
    ///
    /// - Parameter key: The token as a member name in normal form.
    private mutating func edit(
        _ path: Span<UInt8>, _ token: PointerToken, key: Span<UInt8>, _ edit: JSONEdit
    ) throws(JSONEditFault) -> JSONEditOutcome {
        if case .array(var elements) = storage {
            storage = .null
            defer { storage = .array(elements) }
            return try Self.edit(&elements, path, token, edit)
        }
        guard token.end < path.count else { return try editMember(key, edit) }
        if case .members(var members) = storage {
            storage = .null
            defer { storage = .members(members) }
            guard let index = members.position(of: key) else { throw .notFound }
            return try members[index].value.edit(path, from: token.end, edit)
        }
        if case .tree(var tree) = storage {
            storage = .null
            defer { storage = .tree(tree) }
            let outcome = try tree.update(JSONText(copying: key)) { (value) throws(JSONEditFault) in
                try value.edit(path, from: token.end, edit)
            }
            guard let outcome else { throw .notFound }
            return outcome
        }
        throw .notFound
    }

    /// Changes one member of this object.
    mutating func editMember(_ key: Span<UInt8>, _ edit: JSONEdit) throws(JSONEditFault) -> JSONEditOutcome {
        expandOneLevel()
        if case .members(var members) = storage {
            storage = .null
            defer { self = JSONValue(object: members) }
            return try Self.editMember(of: &members, key, edit)
        }
        if case .tree(var tree) = storage {
            storage = .null
            defer { storage = .tree(tree) }
            return try Self.editMember(of: &tree, JSONText(copying: key), edit)
        }
        throw .notFound
    }

    @inline(__always)
    private static func edit(
        _ elements: inout [JSONValue], _ path: Span<UInt8>, _ token: PointerToken, _ edit: JSONEdit
    ) throws(JSONEditFault) -> JSONEditOutcome {
        guard token.end < path.count else { return try editElement(of: &elements, token, path, edit) }
        guard let index = token.index(path) else { throw .invalidIndex }
        guard index < elements.count else { throw .notFound }
        return try elements[index].edit(path, from: token.end, edit)
    }

    private static func editElement(
        of elements: inout [JSONValue], _ token: PointerToken, _ path: Span<UInt8>, _ edit: JSONEdit
    ) throws(JSONEditFault) -> JSONEditOutcome {
        if case .add(let value) = edit {
            let place = token.isAppend(path) ? elements.count : token.index(path)
            guard let index = place, index <= elements.count else { throw .invalidIndex }
            elements.insert(value, at: index)
            return JSONEditOutcome(old: nil, index: index, movedCount: elements.count - 1 - index)
        }
        guard let index = token.index(path) else { throw .invalidIndex }
        guard index < elements.count else { throw .notFound }
        if case .replace(var value) = edit {
            swap(&elements[index], &value)
            return JSONEditOutcome(old: value, index: index)
        }
        let old = elements.remove(at: index)
        return JSONEditOutcome(old: old, index: index, movedCount: elements.count - index)
    }

    private static func editMember(
        of members: inout [JSONMember], _ key: Span<UInt8>, _ edit: JSONEdit
    ) throws(JSONEditFault) -> JSONEditOutcome {
        let position = members.position(of: key)
        switch edit {
        case .add(var value), .replace(var value):
            if let position {
                swap(&members[position].value, &value)
                return JSONEditOutcome(old: value)
            }
            guard case .add = edit else { throw .notFound }
            members.append(JSONMember(key: JSONText(copying: key), value: value))
            return JSONEditOutcome(old: nil)
        case .remove:
            guard let position else { throw .notFound }
            return JSONEditOutcome(old: members.remove(at: position).value)
        }
    }

    private static func editMember(
        of tree: inout JSONTree, _ key: JSONText, _ edit: JSONEdit
    ) throws(JSONEditFault) -> JSONEditOutcome {
        switch edit {
        case .add(let value):
            if let old = tree.replace(key, by: value) { return JSONEditOutcome(old: old) }
            tree.append(key, value)
            return JSONEditOutcome(old: nil)
        case .replace(let value):
            guard let old = tree.replace(key, by: value) else { throw .notFound }
            return JSONEditOutcome(old: old)
        case .remove:
            guard let old = tree.remove(key) else { throw .notFound }
            return JSONEditOutcome(old: old)
        }
    }
}
