import HashTreeCollections

/// The members of one object in order: a flat list while they are few, a persistent tree when they are many.
struct ObjectStorage: Sendable {
    struct Place: Sendable {
        var order: Int
        var value: JSONValue
    }
    struct Flat: Sendable {
        var keys: [String]
        var values: [JSONValue]
    }
    struct Tree: Sendable {
        var places: TreeDictionary<String, Place>
        var nextOrder: Int
    }
    enum Form: Sendable {
        case flat(Flat)
        case tree(Tree)
    }

    static let flatCountMax = 32
    var form: Form

    init(_ members: [(key: String, value: JSONValue)]) {
        form = .flat(Flat(keys: [], values: []))
        for member in members { set(member.key, member.value) }
    }

    /// - Precondition: `keys` are different from each other.
    init(distinct keys: [String], _ values: [JSONValue]) {
        form = .flat(Flat(keys: keys, values: values))
        if keys.count > Self.flatCountMax { grow() }
    }

    var count: Int {
        switch form {
        case .flat(let flat): flat.keys.count
        case .tree(let tree): tree.places.count
        }
    }

    var members: [(key: String, value: JSONValue)] {
        switch form {
        case .flat(let flat): Array(zip(flat.keys, flat.values)).map { (key: $0.0, value: $0.1) }
        case .tree(let tree):
            tree.places.sorted { $0.value.order < $1.value.order }.map { (key: $0.key, value: $0.value.value) }
        }
    }

    subscript(key: String) -> JSONValue? {
        switch form {
        case .flat(let flat): flat.keys.firstIndex(of: key).map { flat.values[$0] }
        case .tree(let tree): tree.places[key]?.value
        }
    }

    mutating func set(_ key: String, _ value: JSONValue) {
        switch form {
        case .flat(var flat):
            form = .flat(Flat(keys: [], values: []))
            if let index = flat.keys.firstIndex(of: key) {
                flat.values[index] = value
            } else {
                flat.keys.append(key)
                flat.values.append(value)
            }
            form = .flat(flat)
            if flat.keys.count > Self.flatCountMax { grow() }
        case .tree(var tree):
            form = .flat(Flat(keys: [], values: []))
            let order = tree.places[key]?.order ?? tree.nextOrder
            if order == tree.nextOrder { tree.nextOrder += 1 }
            tree.places[key] = Place(order: order, value: value)
            form = .tree(tree)
        }
    }

    mutating func remove(_ key: String) -> JSONValue? {
        switch form {
        case .flat(var flat):
            guard let index = flat.keys.firstIndex(of: key) else { return nil }
            form = .flat(Flat(keys: [], values: []))
            flat.keys.remove(at: index)
            let removed = flat.values.remove(at: index)
            form = .flat(flat)
            return removed
        case .tree(var tree):
            form = .flat(Flat(keys: [], values: []))
            let removed = tree.places.removeValue(forKey: key)
            form = .tree(tree)
            return removed?.value
        }
    }

    private mutating func grow() {
        guard case .flat(let flat) = form else { return }
        var places = TreeDictionary<String, Place>()
        for (order, key) in flat.keys.enumerated() { places[key] = Place(order: order, value: flat.values[order]) }
        form = .tree(Tree(places: places, nextOrder: flat.keys.count))
    }

    func isIdentical(to other: ObjectStorage) -> Bool {
        guard case .flat(let a) = form, case .flat(let b) = other.form, a.keys.count == b.keys.count else { return false }
        return a.values.withUnsafeBufferPointer { x in b.values.withUnsafeBufferPointer { x.baseAddress == $0.baseAddress } }
            && a.keys.withUnsafeBufferPointer { x in b.keys.withUnsafeBufferPointer { x.baseAddress == $0.baseAddress } }
    }
}
