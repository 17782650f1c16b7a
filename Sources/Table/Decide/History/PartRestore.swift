import JSONDocument

/// Puts places of a document back as they were then, each with everything in it, and leaves the rest as it is.
///
/// Pure. A place that was not there then is removed. Where what holds a place is gone, that comes back with it as it was,
/// as a part alone would not make sense (a scene of one token).
struct PartRestore {
    /// The document then.
    let then: JSONValue
    /// The present document, changed place by place.
    private(set) var document: JSONValue

    /// - Parameters:
    ///   - then: The document at the moment to go back to.
    ///   - present: The document now.
    init(then: JSONValue, present: JSONValue) {
        self.then = then
        self.document = present
    }

    /// Restores a place and what belongs to it: a scene's images, a map's data, what is in a folder.
    ///
    /// - Throws: ``CommandError/Code/notFound`` if there is nothing there, neither now nor then.
    mutating func restore(_ pointer: JSONPointer) throws(CommandError) {
        guard pointer != .root else { return document = then }
        let companions = Companions(then: then, present: document).of(pointer)
        guard try restoreAlone(pointer) || !companions.isEmpty else {
            throw CommandError(.notFound, "There is nothing at '\(pointer.text)', neither now nor then")
        }
        for companion in companions { _ = try restoreAlone(companion) }
    }

    /// - Returns: False if there is nothing there, neither now nor then.
    private mutating func restoreAlone(_ pointer: JSONPointer) throws(CommandError) -> Bool {
        guard let operations = operations(for: pointer) else { return false }
        do {
            try document.apply(JSONPatch(operations))
        } catch {
            throw CommandError(.conflict, "'\(pointer.text)' can't be put back: \(error)")
        }
        return true
    }

    /// What puts a place back; nil if there is nothing there, neither now nor then.
    private func operations(for pointer: JSONPointer) -> [JSONPatchOperation]? {
        var (now, was) = (document, then)
        var path = JSONPointer.root
        let tokens = pointer.tokens
        for (depth, token) in tokens.enumerated() {
            let step = PartStep(token, now: now, was: was)
            switch (step.now, step.was) {
            case (let child?, let old?):
                path = path.appending(child.token)
                let isPlace = depth == tokens.count - 1
                if isPlace || !child.value.isContainer && old.value.isContainer {
                    return child.value == old.value ? [] : [.replace(path, old.value)]
                }
                if !old.value.isContainer { return removal(tokens[(depth + 1)...], in: child.value, at: path) }
                (now, was) = (child.value, old.value)
            case (nil, let old?):
                // The place itself, or the outermost of what held it.
                return [.add(path.appending(step.placeForOld ?? old.token), old.value)]
            case (let child?, nil):
                return removal(tokens[(depth + 1)...], in: child.value, at: path.appending(child.token))
            case (nil, nil): return nil
            }
        }
        return nil
    }

    /// What takes away a place that was not there then.
    private func removal(
        _ rest: ArraySlice<String>, in value: JSONValue, at pointer: JSONPointer
    ) -> [JSONPatchOperation]? {
        var (value, path) = (value, pointer)
        for token in rest {
            guard let child = PartStep(token, now: value, was: .null).now else { return nil }
            (value, path) = (child.value, path.appending(child.token))
        }
        return [.remove(path)]
    }
}

/// One step of a pointer in two documents at once: the same thing in both, also where an array's indexes differ.
///
/// An element is the same by who it is (`ElementKey`); where one of the elements is known by nothing, by its index. The index
/// is that of the present array, or of the old one for what isn't in the present one. In the place of an index may stand the
/// `id` or `name` itself, which goes before an index: an element may be called `1`.
private struct PartStep {
    /// A member or an element, with its own token.
    struct Child {
        let token: String
        let value: JSONValue
    }

    private(set) var now: Child?
    private(set) var was: Child?
    /// The token under which an element that is only in the old array is put into the present one.
    private(set) var placeForOld: String?

    init(_ token: String, now: JSONValue, was: JSONValue) {
        guard now.kind == .array || was.kind == .array else {
            self.now = now[token].map { Child(token: token, value: $0) }
            self.was = was[token].map { Child(token: token, value: $0) }
            return
        }
        let areKnown = [now, was].allSatisfy { ElementKey.typedNames(of: $0.elements ?? []) != nil }
        let (present, old) = (Elements(now, areKnown: areKnown), Elements(was, areKnown: areKnown))
        let named = present.key(named: token) ?? old.key(named: token)
        let key = named ?? present.key(at: token) ?? old.key(at: token)
        self.now = key.flatMap { present.child($0) }
        self.was = key.flatMap { old.child($0) }
        if let key, self.now == nil { placeForOld = present.place(after: old.keys(before: key)) }
    }

    /// An array's elements by what they are known by; none for what is no array.
    private struct Elements {
        private let elements: [JSONValue]
        private let keys: [String]

        init(_ value: JSONValue, areKnown: Bool) {
            elements = value.elements ?? []
            let indexes = elements.indices.map { String($0) }
            keys = areKnown ? ElementKey.typedNames(of: elements) ?? indexes : indexes
        }

        /// The key itself, if there is such an element.
        func key(named name: String) -> String? { keys.contains(name) ? name : nil }

        /// What the element at an index is known by.
        func key(at token: String) -> String? {
            Int(token).flatMap { keys.indices.contains($0) ? keys[$0] : nil }
        }

        func child(_ key: String) -> Child? {
            keys.firstIndex(of: key).map { Child(token: String($0), value: elements[$0]) }
        }

        /// The keys before one, the nearest first.
        func keys(before key: String) -> [String] {
            keys.firstIndex(of: key).map { keys[..<$0].reversed() } ?? []
        }

        /// The index behind the first of the keys that is here; the front if none is.
        func place(after candidates: [String]) -> String {
            String(candidates.lazy.compactMap { keys.firstIndex(of: $0) }.first.map { $0 + 1 } ?? 0)
        }
    }
}

extension JSONValue {
    /// Whether it can hold something.
    fileprivate var isContainer: Bool { isObject || kind == .array }
}
