import HashTreeCollections

/// A large object: a persistent hash tree, so that a changed copy shares all but the path to the change.
///
/// Every member carries the number of its insertion, which is where it stands in the object's order.
struct JSONTree: Sendable {
    struct Entry: Sendable {
        var sequence: Int
        var value: JSONValue
    }

    /// Objects of up to this many members stay flat arrays.
    static let flatCountMax = 32

    /// Stands for the content: it is exchanged with every change, so equal tokens mean equal trees.
    private final class Token: Sendable {}

    private var entries: TreeDictionary<JSONText, Entry> = [:]
    private var nextSequence = 0
    private var token = Token()

    init(_ members: [JSONMember]) {
        for member in members { append(member.key, member.value) }
    }

    var count: Int { entries.count }

    /// The members in order.
    ///
    /// Sorts: n log n.
    var members: [JSONMember] {
        entries.sorted { $0.value.sequence < $1.value.sequence }
            .map { JSONMember(key: $0.key, value: $0.value.value) }
    }

    func isIdentical(to other: JSONTree) -> Bool { token === other.token }

    func value(of key: JSONText) -> JSONValue? { entries[key]?.value }

    func forEach(_ body: (JSONText, JSONValue) -> Void) {
        for (key, entry) in entries { body(key, entry.value) }
    }

    /// Adds a member that is not there yet.
    mutating func append(_ key: JSONText, _ value: JSONValue) {
        entries[key] = Entry(sequence: nextSequence, value: value)
        nextSequence += 1
        token = Token()
    }

    /// - Returns: The value that the member had, or nil where there was none.
    mutating func remove(_ key: JSONText) -> JSONValue? {
        guard let entry = entries.removeValue(forKey: key) else { return nil }
        token = Token()
        return entry.value
    }

    /// Gives a member another value; its position stays.
    ///
    /// - Returns: The value that it had, or nil where there is no such member.
    mutating func replace(_ key: JSONText, by value: JSONValue) -> JSONValue? {
        update(key) { (present) throws(Never) in
            let old = present
            present = value
            return old
        }
    }

    /// Changes a member's value in place; its position stays.
    ///
    /// - Returns: What `change` returns, or nil where there is no such member.
    mutating func update<Result, Failure: Error>(
        _ key: JSONText, _ change: (inout JSONValue) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        token = Token()
        return try Self.change(&entries[key], change)
    }

    private static func change<Result, Failure: Error>(
        _ entry: inout Entry?, _ change: (inout JSONValue) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        // Taken out, so that the value is referenced once while it is changed.
        guard var taken = entry.take() else { return nil }
        defer { entry = taken }
        return try change(&taken.value)
    }
}
