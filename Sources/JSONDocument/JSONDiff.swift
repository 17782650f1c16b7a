/// Finds small patches between two values.
package enum JSONDiff {
    /// A patch that makes `old` equal to `new`, with `add`, `remove`, `replace` and `move` only.
    ///
    /// Equal means as values: numbers that stand for the same double are left alone, and so is the order of members.
    /// Parts that share storage or text are not looked into. Objects are compared by member; arrays are aligned by
    /// their elements' `id` or `name` (by occurrence where those repeat), so an element that moved is a `move`. Where
    /// single steps would be longer than the new value, the value is replaced.
    /// - Parameter pointer: Where in the document both are; the patch's paths begin with it.
    package static func patch(
        from old: JSONValue, to new: JSONValue, at pointer: JSONPointer = .root
    ) -> JSONPatch {
        var difference = JSONDifference(at: pointer)
        difference.compare(old, new)
        return JSONPatch(difference.operations)
    }
}

/// A difference under construction.
struct JSONDifference {
    private(set) var operations: [JSONPatchOperation] = []
    /// About how long the operations' text is.
    private var byteCount = 0
    /// The pointer to what is being compared.
    private var path: [UInt8]
    /// How many elements of arrays the operations may yet move, so that applying them never takes long: about a tenth of a
    /// second at the most.
    private var movableCount = 1 << 24

    /// What an operation's text takes besides its path and value.
    private static let operationByteCount = 32

    init(at pointer: JSONPointer) { path = [UInt8](pointer.slice.buffer[pointer.slice.range]) }

    /// Adds what makes `old` equal to `new`.
    mutating func compare(_ old: JSONValue, _ new: JSONValue) {
        if old.isEqualAtOnce(as: new) { return }
        let mark = (operations.count, byteCount)
        if old.isObject, new.isObject {
            compareObjects(old, new)
        } else if let before = old.childElements, let after = new.childElements {
            compareArrays(before, after)
        } else if old != new {
            replace(by: new)
            return
        }
        replaceIfShorter(by: new, since: mark)
    }

    /// Whether the operations since `mark` are longer than the new value's text would be; then it is replaced instead.
    private mutating func replaceIfShorter(by new: JSONValue, since mark: (count: Int, byteCount: Int)) {
        guard operations.count > mark.count + 1 else { return }
        let sparable = byteCount - mark.byteCount - path.count - Self.operationByteCount
        guard new.isShorter(than: sparable) else { return }
        operations.removeSubrange(mark.count...)
        byteCount = mark.byteCount
        replace(by: new)
    }

    private mutating func compareObjects(_ old: JSONValue, _ new: JSONValue) {
        let present = MemberIndex(old)
        let wanted = MemberIndex(new)
        for (at, member) in present.members.enumerated() where wanted.value(of: member.key, near: at) == nil {
            descend(member.key) { $0.remove() }
        }
        for (at, member) in wanted.members.enumerated() {
            if let value = present.value(of: member.key, near: at) {
                if !value.isEqualAtOnce(as: member.value) {
                    descend(member.key) { $0.compare(value, member.value) }
                }
            } else {
                descend(member.key) { $0.add(member.value) }
            }
        }
    }

    private mutating func compareArrays(_ old: [JSONValue], _ new: [JSONValue]) {
        let alignment = ArrayAlignment(old, new, movedCountMax: movableCount)
        movableCount -= alignment.movedCount
        for index in alignment.removed { descend(index) { $0.remove() } }
        for step in alignment.steps {
            switch step {
            case .move(let from, let to): move(from: from, to: to)
            case .add(let index, let value): descend(index) { $0.add(value) }
            }
        }
        for pair in alignment.pairs where !old[pair.old].isEqualAtOnce(as: new[pair.new]) {
            descend(pair.new) { $0.compare(old[pair.old], new[pair.new]) }
        }
    }

    private mutating func descend(_ key: JSONText, _ body: (inout JSONDifference) -> Void) {
        let count = path.count
        JSONPointer.append(key, to: &path)
        body(&self)
        path.removeSubrange(count...)
    }

    private mutating func descend(_ index: Int, _ body: (inout JSONDifference) -> Void) {
        let count = path.count
        JSONPointer.append(String(index), to: &path)
        body(&self)
        path.removeSubrange(count...)
    }

    private var pointer: JSONPointer { JSONPointer(validated: ByteSlice(path)) }

    private mutating func append(_ operation: JSONPatchOperation, _ valueByteCount: Int) {
        operations.append(operation)
        byteCount += path.count + Self.operationByteCount + valueByteCount
    }

    private mutating func add(_ value: JSONValue) { append(.add(pointer, value), value.byteCount) }
    private mutating func replace(by value: JSONValue) { append(.replace(pointer, value), value.byteCount) }
    private mutating func remove() { append(.remove(pointer), 0) }

    private mutating func move(from: Int, to: Int) {
        let array = pointer
        append(.move(from: array.appending(from), to: array.appending(to)), path.count)
    }
}
