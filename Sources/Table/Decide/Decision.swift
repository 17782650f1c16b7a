import JSONDocument
import Journal

/// What a decision may know besides the document, so that the same inputs always decide the same.
package struct DecisionContext: Sendable {
    /// The time of the event that may come of it.
    package let now: JournalTime
    /// Makes the ids of new scenes and images: random UUIDs, lower case, except in tests.
    package let makeUUID: @Sendable () -> String

    package init(now: JournalTime, makeUUID: @escaping @Sendable () -> String) {
        self.now = now
        self.makeUUID = makeUUID
    }
}

/// An event before the journal gives it its offset, time and actor (journal-format.md, "Line").
package struct EventContent: Sendable, Equatable {
    /// `noun.verb-in-the-past`, one of state-document.md's table.
    package let type: String
    /// What was meant, for people and audits; an object that repeats nothing of ``patch``.
    package let data: JSONValue
    /// What changes (add, remove, replace and move only); applying it is the whole of replay.
    package let patch: JSONPatch

    package init(type: String, data: JSONValue = .object([]), patch: JSONPatch) {
        self.type = type
        self.data = data
        self.patch = patch
    }
}

/// What comes of a command: the events to write, and what its sender is told.
package struct Decision: Sendable {
    /// None: it changes nothing; more than one: a group, written in one commit.
    package let events: [EventContent]
    /// What REST answers with: an object such as `{"message":"Scene saved successfully","id":"…"}`.
    package let answer: JSONValue
    /// The live scene isn't what the client sent but that merged with others' changes, so the client is sent it.
    package let liveForOrigin: Bool
    /// Which of a live scene's bases its sender is taken to have had; `nil` where that played no part.
    package let base: Int?

    package init(
        events: [EventContent], answer: JSONValue = .object([]), liveForOrigin: Bool = false, base: Int? = nil
    ) {
        self.events = events
        self.answer = answer
        self.liveForOrigin = liveForOrigin
        self.base = base
    }

    /// What its events make of the document that it was decided on.
    package func document(after document: JSONValue) throws(CommandError) -> JSONValue {
        var document = document
        do throws(JSONPatchError) {
            for event in events { try document.apply(event.patch) }
        } catch {
            throw .decisionFailed
        }
        return document
    }

    /// One event, or none if its patch is empty.
    init(
        _ type: String, data: JSONValue = .object([]), patch: JSONPatch, answer: JSONValue = .object([]),
        liveForOrigin: Bool = false, base: Int? = nil
    ) {
        self.init(
            events: patch.isEmpty ? [] : [EventContent(type: type, data: data, patch: patch)], answer: answer,
            liveForOrigin: liveForOrigin, base: base)
    }
}

extension JSONValue {
    /// An answer that says only `{"message": …}`.
    static func message(_ text: String) -> JSONValue {
        .object([(key: "message", value: .string(text))])
    }
}
