/// Small patches from one value to another.
package enum JSONDiff {
    /// - Returns: A patch with `old.apply(patch) == new`; empty if they are equal as values.
    package static func patch(from old: JSONValue, to new: JSONValue, at base: JSONPointer = .root) -> JSONPatch {
        var operations: [JSONPatchOperation] = []
        compare(old, new, base, &operations)
        return JSONPatch(operations)
    }

    private static func compare(
        _ old: JSONValue, _ new: JSONValue, _ at: JSONPointer, _ out: inout [JSONPatchOperation]
    ) {
        if old == new { return }
        switch (old.expanded, new.expanded) {
        case (.object(let a), .object(let b)): compareObjects(a, b, at, &out)
        case (.array(let a), .array(let b)): compareArrays(a, b, new, at, &out)
        default: out.append(.replace(at, new))
        }
    }

    private static func compareObjects(
        _ old: ObjectStorage, _ new: ObjectStorage, _ at: JSONPointer, _ out: inout [JSONPatchOperation]
    ) {
        for member in old.members where new[member.key] == nil { out.append(.remove(at.appending(member.key))) }
        for member in new.members {
            let path = at.appending(member.key)
            if let before = old[member.key] {
                compare(before, member.value, path, &out)
            } else {
                out.append(.add(path, member.value))
            }
        }
    }

    /// Elements are aligned by identity; what is left over is removed from the back, then the rest is moved or added
    /// into place from the front.
    private static func compareArrays(
        _ old: [JSONValue], _ new: [JSONValue], _ whole: JSONValue, _ at: JSONPointer, _ out: inout [JSONPatchOperation]
    ) {
        guard let oldKeys = ElementKeys.of(old), let newKeys = ElementKeys.of(new) else {
            comparePositions(old, new, whole, at, &out)
            return
        }
        let wanted = Set(newKeys)
        var order = oldKeys
        var values = Dictionary(uniqueKeysWithValues: zip(oldKeys, old))
        for index in oldKeys.indices.reversed() where !wanted.contains(oldKeys[index]) {
            out.append(.remove(at.appending(index)))
            order.remove(at: index)
        }
        for (index, key) in newKeys.enumerated() {
            if index < order.count, order[index] == key { continue }
            if let from = order[min(index, order.count)...].firstIndex(of: key) {
                out.append(.move(from: at.appending(from), to: at.appending(index)))
                order.remove(at: from)
            } else {
                out.append(.add(at.appending(index), new[index]))
                values[key] = new[index]
            }
            order.insert(key, at: index)
        }
        for (index, key) in newKeys.enumerated() {
            if let before = values[key] { compare(before, new[index], at.appending(index), &out) }
        }
    }

    private static func comparePositions(
        _ old: [JSONValue], _ new: [JSONValue], _ whole: JSONValue, _ at: JSONPointer, _ out: inout [JSONPatchOperation]
    ) {
        var operations: [JSONPatchOperation] = []
        var head = 0
        while head < min(old.count, new.count), old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < min(old.count, new.count) - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
        let shared = min(old.count, new.count) - tail
        for index in head..<max(head, shared) { compare(old[index], new[index], at.appending(index), &operations) }
        for index in stride(from: old.count - tail - 1, through: shared, by: -1) where new.count < old.count {
            operations.append(.remove(at.appending(index)))
        }
        if new.count > old.count {
            for index in shared..<new.count - tail { operations.append(.add(at.appending(index), new[index])) }
        }
        out += operations
    }
}

/// What tells the elements of an array of objects apart: `id`, else `name`, and the occurrence where those repeat.
package struct ElementKey: Hashable, Sendable {
    let text: String
    let occurrence: Int
}

enum ElementKeys {
    /// Nil unless every element is an object with an `id` or a `name`.
    static func of(_ elements: [JSONValue]) -> [ElementKey]? {
        guard !elements.isEmpty else { return [] }
        var seen: [String: Int] = [:]
        var keys: [ElementKey] = []
        for element in elements {
            guard let identity = element["id"] ?? element["name"] else { return nil }
            guard identity.kind == .string || identity.kind == .number else { return nil }
            let text = identity.text
            keys.append(ElementKey(text: text, occurrence: seen[text, default: 0]))
            seen[text, default: 0] += 1
        }
        return keys
    }
}
