import JSONDocument
import Journal

/// Which events somebody wants to see.
///
/// Empty conditions take everything; several kinds of condition must all hold, and
/// within one kind any of them.
package struct EventFilter: Sendable {
    /// Patterns of ``EventEnvelope/type``, such as `scene.*`.
    package var types: [Glob]
    /// Patterns of the actor; one without an `@` is also tried on the part before it.
    package var actors: [String]
    /// Places in the document; see ``touches(_:)``.
    package var paths: [JSONPointer]

    /// Takes everything unless told otherwise.
    package init(types: [String] = [], actors: [String] = [], paths: [JSONPointer] = []) {
        self.types = types.map(Glob.init)
        self.actors = actors
        self.paths = paths
    }

    /// Whether everything is wanted.
    package var isEmpty: Bool { types.isEmpty && actors.isEmpty && paths.isEmpty }

    /// Whether type and actor are wanted: what can be told without looking at the patch.
    package func accepts(_ event: EventEnvelope) -> Bool {
        guard types.isEmpty || types.contains(where: { $0.matches(event.type) }) else { return false }
        guard !actors.isEmpty else { return true }
        guard let actor = event.actor else { return false }
        return actors.contains { pattern in
            let glob = Glob(pattern)
            return glob.matches(actor) || (!pattern.contains("@") && glob.matches(actor.prefix { $0 != "@" }))
        }
    }

    /// Whether a patch touched one of the places: something at or below it, or a whole that holds it.
    package func touches(_ patch: JSONPatch) -> Bool {
        guard !paths.isEmpty else { return true }
        return patch.operations.contains { operation in
            operation.touched.contains { touched in
                paths.contains { $0.isPrefix(of: touched) || touched.isPrefix(of: $0) }
            }
        }
    }
}
