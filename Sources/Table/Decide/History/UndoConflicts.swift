import JSONDocument

/// A place where a change can't be taken back, because it was changed again since.
package struct UndoConflict: Sendable, Equatable {
    /// Where, in the present document.
    package let path: JSONPointer
    /// What it was before the change; nil: nothing.
    package let was: JSONValue?
    /// What the change made of it; nil: nothing.
    package let became: JSONValue?
    /// What it is now; nil: nothing.
    package let now: JSONValue?
}

/// Finds what stands in the way of taking a change back.
enum UndoConflicts {
    /// The places that the change left in one way, that are another way now, and that undoing would put a third way.
    ///
    /// Arrays are compared by their elements' `id` or `name`, as the merge does, so that other elements may have come
    /// and gone. Something that is gone altogether is no conflict: there is nothing left to take back in it.
    ///
    /// - Returns: In no particular order.
    static func find(
        before: JSONValue, after: JSONValue, present: JSONValue, at pointer: JSONPointer = .root
    ) -> [UndoConflict] {
        if before == after || present == after || present == before { return [] }
        guard before.kind == after.kind, after.kind == present.kind, let was = Parts(before),
            let became = Parts(after), let now = Parts(present)
        else { return [UndoConflict(path: pointer, was: before, became: after, now: present)] }
        return Set(was.values.keys).union(became.values.keys).flatMap { key -> [UndoConflict] in
            let token = now.values[key]?.token ?? became.values[key]?.token ?? was.values[key]?.token
            let place = token.map { pointer.appending($0) } ?? pointer
            switch (was.values[key]?.value, became.values[key]?.value, now.values[key]?.value) {
            case (let was?, let became?, let now?):
                return find(before: was, after: became, present: now, at: place)
            case (let was, let became, let now) where was == became || now == became || now == was:
                return []
            case (.some, .some, .none):
                return []
            case (let was, let became, let now):
                return [UndoConflict(path: place, was: was, became: became, now: now)]
            }
        }
    }

    /// A container's values by what the merge knows them by, so that the two never disagree about who is who.
    private struct Parts {
        enum Key: Hashable {
            case member(String)
            case element(ElementKey)
        }

        /// With the pointer token of each.
        private(set) var values: [Key: (value: JSONValue, token: String)] = [:]

        /// nil for a scalar, and for an array that the merge takes as one value.
        init?(_ value: JSONValue) {
            if let members = value.members {
                for (name, member) in members { values[.member(name)] = (member, name) }
                return
            }
            guard let elements = value.elements, let keys = ElementKey.all(of: elements) else { return nil }
            for (index, key) in keys.enumerated() { values[.element(key)] = (elements[index], String(index)) }
        }
    }
}
