import JSONDocument

/// What differs between two moments: as a patch, in sentences, and limited to some places.
package struct TableDifference: Sendable {
    private let old: JSONValue
    private let new: JSONValue
    /// The places that somebody asked for; all if empty.
    private let places: [JSONPointer]

    /// - Parameter place: Only what is at or below this; looked up in the newer document or, where it isn't there, in the
    ///   older.
    package init(from old: JSONValue, to new: JSONValue, at place: PlaceName? = nil) throws(ReplayError) {
        (self.old, self.new) = (old, new)
        places = try place.map { place throws(ReplayError) in try Self.pointers(place, in: new, else: old) } ?? []
    }

    private static func pointers(
        _ place: PlaceName, in new: JSONValue, else old: JSONValue
    ) throws(ReplayError) -> [JSONPointer] {
        // A pointer may lead nowhere at both moments: then nothing differs there.
        if case .pointer(let pointer) = place { return [pointer] }
        do throws(ReplayError) {
            return try place.resolve(in: new).places.map(\.pointer)
        } catch .no {
            return try place.resolve(in: old).places.map(\.pointer)
        }
    }

    /// The patch (RFC 6902) that makes the newer document of the older.
    ///
    /// Limited to places, it holds the operations that touch something at or below one.
    package var patch: JSONPatch {
        let whole = JSONDiff.patch(from: old, to: new)
        guard !places.isEmpty else { return whole }
        return JSONPatch(
            whole.operations.filter { operation in
                operation.touched.contains { touched in places.contains { $0.isPrefix(of: touched) } }
            })
    }

    /// The sentences; limited to places, those about something at, below or around one.
    package func told(valueWidth: Int = 60) -> [ToldChange] {
        let told = TableTelling.changes(from: old, to: new, valueWidth: valueWidth)
        guard !places.isEmpty else { return told }
        return told.filter { change in
            places.contains { $0.isPrefix(of: change.pointer) || change.pointer.isPrefix(of: $0) }
        }
    }
}
