import JSONDocument

/// A place in one document.
package struct Place: Sendable, Equatable {
    /// Where it is in the document that it was looked up in.
    package let pointer: JSONPointer
    /// What people call it: `Goblin 3 in Crypt (live)`, `crypt.png`; the pointer's text where it has no name.
    package let label: String
    /// What it is at other moments.
    package let identity: PlaceIdentity
}

/// What a name stands for: one thing, with every place that holds a part of it.
package struct NamedPlaces: Sendable, Equatable {
    /// nil for a pointer.
    package let kind: PlaceKind?
    /// `scene "Crypt"`.
    package let label: String
    /// The thing itself first, then what belongs to it: a scene's images, a map's data, all that is in a folder.
    ///
    /// Never empty.
    package let places: [Place]

    /// The thing itself.
    package var main: Place { places[0] }
}

extension PlaceName {
    /// Looks the name up.
    ///
    /// A name matches as it is written or, where nothing does, whatever the case of its letters; a map, sound or folder
    /// by its whole path or by its last part, a map and sound also without its extension; everything that has an `id`
    /// also by that. The closest kind of match counts and hides the others.
    ///
    /// - Throws: ``ReplayError/no(_:)`` with names that are near where nothing matches (a pointer that leads nowhere is
    ///   no match either); ``ReplayError/usage(_:hint:)`` that lists them where several things do.
    package func resolve(in document: JSONValue) throws(ReplayError) -> NamedPlaces {
        switch self {
        case .pointer(let pointer):
            guard document.value(at: pointer) != nil else {
                throw .no("there is nothing at \(printable(pointer.text)) at that moment")
            }
            return NamedPlaces(pointer, in: document)
        case .named(let kind, let name, let scene):
            let found = try PlaceSearch(document).things(kind, in: scene)
            guard kind.takesName else {
                let one = found[0].places
                guard document.value(at: one.main.pointer) != nil else {
                    throw .no("there is nothing at \(one.main.pointer.text) at that moment")
                }
                return one
            }
            return try Self.choose(name, among: found, kind)
        }
    }

    private static func choose(
        _ name: String, among things: [NamedThing], _ kind: PlaceKind
    ) throws(ReplayError) -> NamedPlaces {
        let ranked = things.compactMap { thing in thing.rank(of: name).map { (rank: $0, thing: thing) } }
        let best = ranked.map(\.rank).min()
        let matches = ranked.filter { $0.rank == best }.map(\.thing)
        if matches.count == 1 { return matches[0].places }
        guard matches.isEmpty else { throw Self.ambiguous(name, matches, kind) }
        let near = NearNames.of(name, among: things.flatMap(\.names))
        let hint = near.isEmpty ? "" : "; there is \(near.map { "\"\(printable($0))\"" }.joined(separator: ", "))"
        throw .no("there is no \(kind.rawValue) \"\(printable(name))\" at that moment\(hint)")
    }

    private static func ambiguous(_ name: String, _ matches: [NamedThing], _ kind: PlaceKind) -> ReplayError {
        let shown = matches.prefix(20).map { match in
            "\(printable(match.places.main.pointer.text))  (\(printable(match.places.main.label)))"
        }
        let rest = matches.count > shown.count ? ["… and \(matches.count - shown.count) more"] : []
        return .usage(
            "\(matches.count) things are called \(kind.rawValue) \"\(printable(name))\"",
            hint: (["Say which one, by its pointer:"] + shown + rest).joined(separator: "\n    "))
    }
}

extension NamedPlaces {
    /// What a pointer leads to.
    init(_ pointer: JSONPointer, in document: JSONValue) {
        let label = PlaceLabel.text(pointer, in: document)
        kind = nil
        self.label = label
        places = [Place(pointer: pointer, label: label, identity: PlaceIdentity(pointer, in: document))]
    }
}
