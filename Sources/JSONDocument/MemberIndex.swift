/// The members of an object, found by name: fast where another object's members are looked up in the order in which both
/// have them, as two versions of one object nearly always do.
struct MemberIndex {
    let members: [JSONMember]
    /// Only for objects that are too large to look through.
    private let places: [JSONText: Int]

    /// The members of `value`; none where it is no object.
    init(_ value: JSONValue) {
        members = value.childMembers ?? []
        places =
            members.count <= JSONTree.flatCountMax
            ? [:] : Dictionary(members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { $1 })
    }

    /// Finds a member's value.
    ///
    /// - Parameter guess: Where it probably is.
    func value(of key: JSONText, near guess: Int) -> JSONValue? {
        if guess < members.count, members[guess].key == key { return members[guess].value }
        guard members.count > JSONTree.flatCountMax else { return members.first { $0.key == key }?.value }
        return places[key].map { members[$0].value }
    }
}
