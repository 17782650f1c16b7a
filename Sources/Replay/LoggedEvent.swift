import JSONDocument
import Journal

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
        try Self.json(line[envelope.data].span, of: envelope.offset)
    }

    /// What changed.
    package func patch() throws(ReplayError) -> JSONPatch {
        try Self.patch(line[envelope.patch].span, of: envelope.offset)
    }

    /// The patch whose text an event's line holds.
    static func patch(_ text: Span<UInt8>, of offset: Int64) throws(ReplayError) -> JSONPatch {
        let value = try json(text, of: offset)
        do throws(JSONPatchError) {
            return try JSONPatch(value)
        } catch {
            throw .unreadable("event \(offset): \(error)", hint: ReplayError.verifyHint)
        }
    }

    private static func json(_ text: Span<UInt8>, of offset: Int64) throws(ReplayError) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try JSONValue.parse(text)
        } catch {
            throw .unreadable("event \(offset): \(error)", hint: ReplayError.verifyHint)
        }
    }
}

extension ReplayError {
    /// What helps against a journal that doesn't read.
    static let verifyHint = "See what is wrong with `spell-replay verify`."
}
