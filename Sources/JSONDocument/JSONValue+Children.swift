/// Walks over the children of an encoded container without expanding it.
struct EncodedChildren {
    /// The child's member name without its quotes; empty in an array.
    private(set) var key = 0..<0
    /// The child's bytes.
    private(set) var value = 0..<0
    private var position: Int
    private let isObject: Bool

    init(_ container: ByteSlice, isObject: Bool) {
        position = container.start
        self.isObject = isObject
    }

    /// Steps to the next child.
    ///
    /// - Parameter text: The container's whole buffer.
    /// - Returns: Whether there is one.
    @inline(__always)
    mutating func next(_ text: Span<UInt8>) -> Bool {
        // At the opening bracket, a comma, or the closing bracket.
        var at = position &+ 1
        let byte = text[position]
        let isFirst = value.isEmpty
        if !isFirst, byte != UInt8(ascii: ",") { return false }
        if isFirst, text[at] == UInt8(ascii: "}") || text[at] == UInt8(ascii: "]") { return false }
        if isObject {
            let end = JSONSkip.string(text, at)
            key = (at &+ 1)..<(end &- 1)
            at = end &+ 1
        }
        position = JSONSkip.value(text, at)
        value = at..<position
        return true
    }
}

extension ByteSlice {
    /// The elements of an encoded array, containers still encoded.
    func expandedElements() -> [JSONValue] {
        var elements: [JSONValue] = []
        var children = EncodedChildren(self, isObject: false)
        let text = buffer.span
        while children.next(text) { elements.append(JSONBuilder.child(of: buffer, children.value)) }
        return elements
    }

    /// The members of an encoded object, containers still encoded.
    func expandedMembers() -> [JSONMember] {
        var members: [JSONMember] = []
        var children = EncodedChildren(self, isObject: true)
        let text = buffer.span
        while children.next(text) {
            let value = JSONBuilder.child(of: buffer, children.value)
            members.append(JSONMember(key: JSONText(buffer, children.key), value: value))
        }
        return members
    }

    /// The number of children of an encoded container.
    func childCount(isObject: Bool) -> Int {
        var count = 0
        var children = EncodedChildren(self, isObject: isObject)
        let text = buffer.span
        while children.next(text) { count += 1 }
        return count
    }

    /// The member of an encoded object; `key` in normal form.
    func member(_ key: Span<UInt8>) -> JSONValue? {
        var children = EncodedChildren(self, isObject: true)
        let text = buffer.span
        while children.next(text) {
            guard children.key.count == key.count else { continue }
            if ByteComparison.areEqual(text.extracting(children.key), key) {
                return JSONBuilder.child(of: buffer, children.value)
            }
        }
        return nil
    }

    /// The element of an encoded array; `index` is not negative.
    func element(_ index: Int) -> JSONValue? {
        var children = EncodedChildren(self, isObject: false)
        let text = buffer.span
        for _ in 0...index {
            guard children.next(text) else { return nil }
        }
        return JSONBuilder.child(of: buffer, children.value)
    }
}

extension [JSONMember] {
    /// Where the member with this name is; `key` in normal form.
    @inline(__always)
    func position(of key: Span<UInt8>) -> Int? {
        if key.count <= InlineText.countMax {
            let wanted = InlineText(key)
            for at in indices {
                if case .inline(let text) = self[at].key, text == wanted { return at }
            }
        } else {
            for at in indices {
                if case .slice = self[at].key, self[at].key.equals(key) { return at }
            }
        }
        return nil
    }
}

extension JSONValue {
    /// Makes a container's children values of their own, one level; nothing else changes.
    @inline(__always)
    mutating func expandOneLevel() {
        switch storage {
        case .encodedArray(let slice): storage = .array(slice.expandedElements())
        case .encodedObject(let slice): self = JSONValue(object: slice.expandedMembers())
        default: break
        }
    }

    /// The same value, its outer levels of containers expanded.
    ///
    /// What is encoded is read anew by each look inside; a value that will be compared several times is cheaper expanded
    /// once. An object above ``JSONTree/flatCountMax`` members ends the expansion.
    package func expanded(levels: Int) -> JSONValue {
        guard levels > 0, hasEncoded(levels: levels) else { return self }
        var value = self
        value.expandOneLevel()
        switch value.storage {
        case .array(let elements): value.storage = .array(elements.map { $0.expanded(levels: levels - 1) })
        case .members(let members):
            value.storage = .members(
                members.map { JSONMember(key: $0.key, value: $0.value.expanded(levels: levels - 1)) })
        default: break
        }
        return value
    }

    private func hasEncoded(levels: Int) -> Bool {
        guard levels > 0 else { return false }
        switch storage {
        case .encodedArray, .encodedObject: return true
        case .array(let elements): return elements.contains { $0.hasEncoded(levels: levels - 1) }
        case .members(let members): return members.contains { $0.value.hasEncoded(levels: levels - 1) }
        default: return false
        }
    }

    /// An array's elements without their being kept; nil for other kinds.
    var childElements: [JSONValue]? {
        switch storage {
        case .encodedArray(let slice): slice.expandedElements()
        case .array(let elements): elements
        default: nil
        }
    }

    /// An object's members in order, without their being kept; nil for other kinds.
    var childMembers: [JSONMember]? {
        switch storage {
        case .encodedObject(let slice): slice.expandedMembers()
        case .members(let members): members
        case .tree(let tree): tree.members
        default: nil
        }
    }

    /// The member of an object; `key` in normal form.
    @inline(__always)
    func member(_ key: Span<UInt8>) -> JSONValue? {
        switch storage {
        case .encodedObject(let slice): return slice.member(key)
        case .members(let members): return members.position(of: key).map { members[$0].value }
        case .tree(let tree): return tree.value(of: JSONText(copying: key))
        default: return nil
        }
    }

    func member(_ key: JSONText) -> JSONValue? {
        if case .tree(let tree) = storage { return tree.value(of: key) }
        if case .slice(let slice) = key { return member(slice.buffer.span.extracting(slice.range)) }
        return member(key.bytes.span)
    }
}
