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

/// One event out of a journal, with its line as it stands there.
package struct LoggedEvent: Sendable {
    package let envelope: EventEnvelope
    /// The journal's line without its line feed.
    package let line: [UInt8]

    /// Reads a line.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)``; a journal's reader has checked lines before, so this means a
    ///   fault of the reader or a line from elsewhere.
    package init(line: [UInt8]) throws(ReplayError) {
        do throws(JournalError) {
            envelope = try EventEnvelope.parse(line)
        } catch {
            throw .unreadable("\(error)", hint: "")
        }
        self.line = line
    }

    /// What was meant, as JSON.
    package func data() throws(ReplayError) -> JSONValue {
        try Self.json(line[envelope.data], of: envelope.offset)
    }

    /// What changed.
    package func patch() throws(ReplayError) -> JSONPatch {
        let value = try Self.json(line[envelope.patch], of: envelope.offset)
        do throws(JSONPatchError) {
            return try JSONPatch(value)
        } catch {
            throw .unreadable("event \(envelope.offset): \(error)", hint: ReplayError.verifyHint)
        }
    }

    private static func json(_ bytes: ArraySlice<UInt8>, of offset: Int64) throws(ReplayError) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try JSONValue.parse(Array(bytes))
        } catch {
            throw .unreadable("event \(offset): \(error)", hint: ReplayError.verifyHint)
        }
    }
}

extension ReplayError {
    /// What helps against a journal that doesn't read.
    static let verifyHint = "See what is wrong with `spell-replay verify`."
}
