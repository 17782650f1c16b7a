import JSONDocument

/// The places that a restore is asked for by name, as the pointers that it takes.
package enum RestorePlaces {
    /// Looks a name up in the table as it is now and as it was then.
    ///
    /// What was renamed or moved since is found by either name; what is at another place now than then counts with both,
    /// so that it comes back to the one and goes from the other.
    ///
    /// - Returns: Without repetitions; only the root for the whole table.
    /// - Throws: What ``PlaceName/resolve(in:)`` throws, if the name is known at neither moment.
    package static func pointers(_ name: PlaceName, _ moments: RestoreMoments) throws(ReplayError) -> [JSONPointer] {
        if case .pointer(let pointer) = name { return [pointer] }
        var found: [JSONPointer] = []
        var refusal: ReplayError?
        for document in [moments.now, moments.then] {
            do throws(ReplayError) {
                found += pointers(try name.resolve(in: document), in: document)
            } catch {
                guard case .no = error else { throw error }
                refusal = refusal ?? error
            }
        }
        var seen: Set<JSONPointer> = []
        let pointers = found.filter { seen.insert($0).inserted }
        if pointers.isEmpty, let refusal { throw refusal }
        return pointers
    }

    /// The pointers, if nothing else was named; `nil` if something has to be looked up.
    package static func pointers(_ names: [PlaceName]) -> [JSONPointer]? {
        var pointers: [JSONPointer] = []
        for name in names {
            guard case .pointer(let pointer) = name, pointer != .root else { return nil }
            pointers.append(pointer)
        }
        return pointers
    }

    private static func pointers(_ named: NamedPlaces, in document: JSONValue) -> [JSONPointer] {
        let main = named.main.pointer
        guard named.kind == .folder, main.tokens.first == "sounds" else { return [lasting(main, in: document)] }
        // A folder of sounds is no entry of the document: the first place is that of a sound in it.
        return named.places.map(\.pointer)
    }

    /// The pointer with the `id` or `name` of an array's element in the place of its index, which is another one at
    /// another moment.
    private static func lasting(_ pointer: JSONPointer, in document: JSONValue) -> JSONPointer {
        var tokens: [String] = []
        var value: JSONValue? = document
        for token in pointer.tokens {
            let elements = value?.elements
            let index = Int(token)
            if let elements, let index, elements.indices.contains(index) {
                tokens.append(ElementKey.typedNames(of: elements)?[index] ?? token)
                value = elements[index]
            } else {
                tokens.append(token)
                value = value?[token]
            }
        }
        return JSONPointer(tokens: tokens)
    }
}
