extension JSONValue {
    /// The same value to the letter; where parts of it stand in `other` too, in the same place and to the letter, they are
    /// `other`'s own storage.
    ///
    /// Two values that were parsed from two texts share nothing, so that each comparison of them looks at all of their bytes.
    /// After one pass of this, it looks at what differs. Objects above ``JSONTree/flatCountMax`` members are left as they
    /// are.
    func sharingParts(with other: JSONValue) -> JSONValue {
        switch (storage, other.storage) {
        case (.number(let a), .number(let b)), (.string(let a), .string(let b)): a == b ? other : self
        case (.encodedArray(let a), .encodedArray(let b)), (.encodedObject(let a), .encodedObject(let b)):
            a.hasSameBytes(as: b) ? other : self
        case (.array(let elements), _): sharing(elements, with: other)
        case (.members(let members), _): sharing(members, with: other)
        default: self
        }
    }

    private func sharing(_ elements: [JSONValue], with other: JSONValue) -> JSONValue {
        guard let others = other.childElements else { return self }
        var shared = elements
        for index in elements.indices.prefix(others.count) {
            shared[index] = elements[index].sharingParts(with: others[index])
        }
        guard case .array(let array) = other.storage, array.count == shared.count,
            zip(array, shared).allSatisfy({ $0.sharesStorage(with: $1) })
        else { return JSONValue(.array(shared)) }
        return other
    }

    private func sharing(_ members: [JSONMember], with other: JSONValue) -> JSONValue {
        guard other.isObject else { return self }
        let others = MemberIndex(other)
        var shared = members
        for index in members.indices {
            guard let value = others.value(of: members[index].key, near: index) else { continue }
            shared[index].value = members[index].value.sharingParts(with: value)
        }
        guard case .members(let present) = other.storage, present.count == shared.count,
            zip(present, shared).allSatisfy({ $0.key == $1.key && $0.value.sharesStorage(with: $1.value) })
        else { return JSONValue(.members(shared)) }
        return other
    }
}
