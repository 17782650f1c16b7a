import HashTreeCollections

extension JSONValue {
    /// Applies the whole patch, or throws and changes nothing.
    package mutating func apply(_ patch: JSONPatch) throws(JSONPatchError) {
        let single = patch.operations.count == 1
        if single, case .move = patch.operations[0] {} else if single {
            return try apply(patch.operations[0], 0)
        }
        let before = self
        do {
            for (index, operation) in patch.operations.enumerated() { try apply(operation, index) }
        } catch {
            self = before
            throw error
        }
    }

    private mutating func apply(_ operation: JSONPatchOperation, _ index: Int) throws(JSONPatchError) {
        switch operation {
        case .add(let path, let value): try put(path, value, index, inserts: true)
        case .replace(let path, let value): try put(path, value, index, inserts: false)
        case .remove(let path): _ = try take(path, index)
        case .move(let from, let to):
            guard from != to else {
                guard value(at: from) != nil else { throw .pathNotFound(index: index, path: from.text) }
                return
            }
            guard !from.isPrefix(of: to) else {
                throw .invalidOperation(index: index, reason: "`\(from)` can't be moved into itself")
            }
            try put(to, try take(from, index), index, inserts: true)
        case .copy(let from, let to):
            guard let value = value(at: from) else { throw .pathNotFound(index: index, path: from.text) }
            try put(to, value, index, inserts: true)
        case .test(let path, let expected):
            guard let value = value(at: path) else { throw .pathNotFound(index: index, path: path.text) }
            guard value == expected else { throw .testFailed(index: index, path: path.text) }
        }
    }

    private mutating func put(_ path: JSONPointer, _ value: JSONValue, _ index: Int, inserts: Bool) throws(JSONPatchError) {
        guard !path.tokens.isEmpty else {
            self = value
            return
        }
        guard change(path.tokens[...], { $0.put($1, value, inserts: inserts) }) else {
            throw .pathNotFound(index: index, path: path.text)
        }
    }

    private mutating func take(_ path: JSONPointer, _ index: Int) throws(JSONPatchError) -> JSONValue {
        guard !path.tokens.isEmpty else {
            defer { self = .null }
            return self
        }
        var taken: JSONValue?
        let found = change(path.tokens[...]) { holder, token in
            taken = holder.take(token)
            return taken != nil
        }
        guard found, let taken else { throw .pathNotFound(index: index, path: path.text) }
        return taken
    }

    /// Walks to the container that holds the last token and calls `body` on it in place. Payloads are taken out of
    /// their case before they are changed, or each step would copy its container.
    private mutating func change(
        _ tokens: ArraySlice<String>, _ body: (inout JSONValue, String) -> Bool
    ) -> Bool {
        guard let token = tokens.first else { return false }
        if tokens.count == 1 { return body(&self, token) }
        switch expanded {
        case .object(var storage):
            node = .null
            defer { node = .object(storage) }
            return storage.update(token) { $0.change(tokens.dropFirst(), body) }
        case .array(var elements):
            node = .null
            defer { node = .array(elements) }
            guard let index = JSONPointer.index(token, count: elements.count, allowsEnd: false) else { return false }
            return elements[index].change(tokens.dropFirst(), body)
        default: return false
        }
    }

    private mutating func put(_ token: String, _ value: JSONValue, inserts: Bool) -> Bool {
        switch expanded {
        case .object(var storage):
            node = .null
            defer { node = .object(storage) }
            guard inserts || storage[token] != nil else { return false }
            storage.set(token, value)
            return true
        case .array(var elements):
            node = .null
            defer { node = .array(elements) }
            guard let index = JSONPointer.index(token, count: elements.count, allowsEnd: inserts) else { return false }
            if inserts { elements.insert(value, at: index) } else { elements[index] = value }
            return true
        default: return false
        }
    }

    private mutating func take(_ token: String) -> JSONValue? {
        switch expanded {
        case .object(var storage):
            node = .null
            defer { node = .object(storage) }
            return storage.remove(token)
        case .array(var elements):
            node = .null
            defer { node = .array(elements) }
            return JSONPointer.index(token, count: elements.count, allowsEnd: false).map { elements.remove(at: $0) }
        default: return nil
        }
    }
}

extension ObjectStorage {
    /// Changes a member's value in place. Answers false if there is none.
    mutating func update(_ key: String, _ body: (inout JSONValue) -> Bool) -> Bool {
        switch form {
        case .flat(var flat):
            form = .flat(Flat(keys: [], values: []))
            defer { form = .flat(flat) }
            guard let index = flat.keys.firstIndex(of: key) else { return false }
            return body(&flat.values[index])
        case .tree(var tree):
            form = .flat(Flat(keys: [], values: []))
            defer { form = .tree(tree) }
            guard var place = tree.places.removeValue(forKey: key) else { return false }
            defer { tree.places[key] = place }
            return body(&place.value)
        }
    }
}
