import JSONDocument

/// Something that people can mean by a name.
struct NamedThing {
    /// What it is called: the whole path, the name, the id.
    let names: [String]
    /// What it is also called: the last part of a path, that without its extension.
    let shortNames: [String]
    let places: NamedPlaces

    /// How close a typed name comes, 0 the closest; nil where it doesn't match.
    func rank(of name: String) -> Int? {
        let folded = name.lowercased()
        if names.contains(name) { return 0 }
        if shortNames.contains(name) { return 1 }
        if names.contains(where: { $0.lowercased() == folded }) { return 2 }
        if shortNames.contains(where: { $0.lowercased() == folded }) { return 3 }
        return nil
    }
}

/// Finds the names that somebody may have meant.
enum NearNames {
    private static let countMax = 5
    /// Names longer than this aren't compared letter by letter, so that no document costs much.
    private static let lengthMax = 64
    private static let comparedMax = 5_000

    /// Up to five of `names`, the nearest first: those that hold the name, and those that differ in few letters.
    static func of(_ name: String, among names: [String]) -> [String] {
        let wanted = Array(name.lowercased())
        var seen: Set<String> = []
        let rated = names.prefix(comparedMax).compactMap { candidate -> (distance: Int, name: String)? in
            guard seen.insert(candidate).inserted, let distance = distance(wanted, candidate) else { return nil }
            return (distance, candidate)
        }
        return rated.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(countMax).map(\.name)
    }

    /// nil where a name is too different.
    private static func distance(_ wanted: [Character], _ candidate: String) -> Int? {
        let folded = candidate.lowercased()
        if !wanted.isEmpty, folded.contains(String(wanted)) { return 0 }
        guard wanted.count <= lengthMax, folded.count <= lengthMax else { return nil }
        let distance = edits(wanted, Array(folded))
        return distance <= max(1, wanted.count / 3) ? distance : nil
    }

    /// Levenshtein's distance.
    private static func edits(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
