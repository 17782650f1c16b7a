extension JSONValue {
    /// The elements of an array; nil for other kinds.
    ///
    /// An encoded array is read anew by each call.
    package var elements: [JSONValue]? { childElements }

    /// The members of an object in order; nil for other kinds.
    ///
    /// An encoded object is read anew by each call, and one of more than 32 members is sorted: to look for one member,
    /// use the subscript.
    package var members: [(key: String, value: JSONValue)]? {
        childMembers?.map { ($0.key.decodedString, $0.value) }
    }

    /// Calls `body` for each member of an object, in no particular order, and for nothing of other kinds.
    ///
    /// A large object's members aren't sorted for it, as they are for ``members``.
    package func forEachMember(_ body: (_ key: String, _ value: JSONValue) -> Void) {
        if case .tree(let tree) = storage {
            tree.forEach { body($0.decodedString, $1) }
        } else {
            childMembers?.forEach { body($0.key.decodedString, $0.value) }
        }
    }

    /// The number of elements or members; 0 for scalars.
    package var count: Int {
        switch storage {
        case .encodedArray(let slice): slice.childCount(isObject: false)
        case .encodedObject(let slice): slice.childCount(isObject: true)
        case .array(let elements): elements.count
        case .members(let members): members.count
        case .tree(let tree): tree.count
        default: 0
        }
    }

    /// The member of an object, or nil.
    package subscript(_ key: String) -> JSONValue? {
        guard isObject else { return nil }
        return member(JSONText(encoding: key))
    }

    /// The element of an array, or nil where there is none.
    package subscript(_ index: Int) -> JSONValue? {
        guard index >= 0 else { return nil }
        switch storage {
        case .encodedArray(let slice): return slice.element(index)
        case .array(let elements): return index < elements.count ? elements[index] : nil
        default: return nil
        }
    }

    /// The value that the pointer leads to, or nil where it leads nowhere.
    package func value(at pointer: JSONPointer) -> JSONValue? {
        value(atPath: pointer.slice.buffer.span.extracting(pointer.slice.range))
    }

    func value(atPath path: Span<UInt8>) -> JSONValue? {
        var value = self
        var start = 0
        while start < path.count {
            let token = PointerToken(path, slashAt: start)
            guard let child = value.child(token, path) else { return nil }
            value = child
            start = token.end
        }
        return value
    }

    private func child(_ token: PointerToken, _ path: Span<UInt8>) -> JSONValue? {
        switch storage {
        case .encodedArray, .array:
            guard let index = token.index(path) else { return nil }
            return self[index]
        case .encodedObject, .members, .tree:
            if token.isPlain { return member(path.extracting(token.start..<token.end)) }
            return member(token.key(path))
        default: return nil
        }
    }

    /// Whether both are the same storage, so that they are equal without a look inside.
    ///
    /// Cheap; may say false of equal values, and does for scalars that are not equal.
    package func sharesStorage(with other: JSONValue) -> Bool {
        switch (storage, other.storage) {
        case (.null, .null), (.true, .true), (.false, .false): true
        case (.number(let a), .number(let b)), (.string(let a), .string(let b)): a.isIdentical(to: b)
        case (.encodedArray(let a), .encodedArray(let b)), (.encodedObject(let a), .encodedObject(let b)):
            a.isIdentical(to: b)
        case (.array(let a), .array(let b)): a.sharesBuffer(with: b)
        case (.members(let a), .members(let b)): a.sharesBuffer(with: b)
        case (.tree(let a), .tree(let b)): a.isIdentical(to: b)
        default: false
        }
    }
}

extension JSONText {
    func isIdentical(to other: JSONText) -> Bool {
        switch (self, other) {
        case (.inline(let a), .inline(let b)): a == b
        case (.slice(let a), .slice(let b)): a.isIdentical(to: b)
        default: false
        }
    }
}

extension JSONValue: Equatable {
    package static func == (a: JSONValue, b: JSONValue) -> Bool {
        switch (a.storage, b.storage) {
        case (.null, .null), (.true, .true), (.false, .false): return true
        case (.number(let x), .number(let y)):
            return x == y || JSONNumber.double(x.bytes.span) == JSONNumber.double(y.bytes.span)
        case (.string(let x), .string(let y)): return x == y
        case (.encodedArray(let x), .encodedArray(let y)), (.encodedObject(let x), .encodedObject(let y)):
            if x.hasSameBytes(as: y) { return true }
        default: if a.sharesStorage(with: b) { return true }
        }
        if let x = a.childElements, let y = b.childElements { return x == y }
        return a.hasEqualMembers(b)
    }

    private func hasEqualMembers(_ other: JSONValue) -> Bool {
        guard let mine = childMembers, other.isObject else { return false }
        if case .tree(let tree) = other.storage {
            return mine.count == tree.count && mine.allSatisfy { tree.value(of: $0.key) == $0.value }
        }
        guard let theirs = other.childMembers, theirs.count == mine.count else { return false }
        var lookup: JSONTree?
        for (at, member) in mine.enumerated() {
            if theirs[at].key == member.key {
                guard theirs[at].value == member.value else { return false }
            } else {
                let tree = lookup ?? JSONTree(theirs)
                lookup = tree
                guard tree.value(of: member.key) == member.value else { return false }
            }
        }
        return true
    }
}

extension JSONValue {
    /// Whether both are seen to be equal without a look inside: the same storage or the same text.
    ///
    /// May say false of equal values.
    func isEqualAtOnce(as other: JSONValue) -> Bool {
        switch (storage, other.storage) {
        case (.number(let a), .number(let b)), (.string(let a), .string(let b)): a == b
        case (.encodedArray(let a), .encodedArray(let b)), (.encodedObject(let a), .encodedObject(let b)):
            a.hasSameBytes(as: b)
        default: sharesStorage(with: other)
        }
    }
}
