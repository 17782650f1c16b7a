import JSONDocument
import Journal
import Replay
import WallClock

extension FuzzTarget {
    /// 2026-11-23T06:40:00Z.
    private static let now = JournalTime(milliseconds: 1_795_416_000_000)

    static let moment = FuzzTarget("moment", "moments as people type them for spell-replay") { input in
        guard let moment = try? Moment.parse(input.text, now: now, zone: .utc) else { return }
        switch moment {
        case .fromEnd(let count): try require(count > 0, "\(count) from the end")
        case .time(let time):
            try require(JournalTime(rfc3339: time.rfc3339) == time, "the time \(time) can't be read")
        case .session(let number, _): try require(number != 0 && number != .min, "session \(number)")
        case .offset, .newest, .beginning: break
        }
    }

    static let glob = FuzzTarget("glob", "a pattern with wildcards, and a text") { input in
        let parts = input.parts(2).map { Array($0.prefix(64)) }
        let (pattern, text) = (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
        try require(
            Glob(pattern).matches(text) == matches(Array(pattern.utf8), Array(text.utf8)), "'\(pattern)' on '\(text)'")
        try require(Glob("*").matches(text), "* doesn't take '\(text)'")
        if !pattern.contains("*"), !pattern.contains("?") {
            try require(Glob(pattern).matches(text) == pattern.utf8.elementsEqual(text.utf8), "'\(pattern)'")
        }
    }

    static let eventFilter = FuzzTarget("event-filter", "conditions of spell-replay log, and an event's line") {
        input in
        let parts = input.parts(4)
        let texts = input.texts(4)
        guard let event = try? EventEnvelope.parse(parts[3]) else { return }
        let paths = (try? JSONPointer(texts[2])).map { [$0] } ?? []
        let filter = EventFilter(types: [texts[0]], actors: [texts[1]], paths: paths)
        try require(EventFilter().accepts(event), "no condition refuses an event")
        try require(EventFilter(types: ["*"]).accepts(event), "* refuses an event")
        if filter.accepts(event) {
            try require(EventFilter(types: [texts[0]]).accepts(event), "a looser filter refuses what a stricter takes")
        }
        guard let patch = try? JSONPatch(parsing: Array(parts[3][event.patch])) else { return }
        try require(EventFilter(paths: [.root]).touches(patch) == !patch.isEmpty, "the root isn't touched")
        _ = filter.touches(patch)
    }

    static let place = FuzzTarget("place", "a place as people name it for spell-replay, and a document") { input in
        let texts = input.texts(2)
        guard let name = try? PlaceName.parse([texts[0]]) else { return }
        if case .named(let kind, let text, _) = name {
            try require(
                kind.takesName != text.isEmpty || texts[0].contains { "'\"".contains($0) },
                "'\(texts[0])' names nothing")
        }
        guard let document = try? JSONValue.parse(text: texts[1]), let found = try? name.resolve(in: document) else {
            return
        }
        try require(!found.places.isEmpty, "'\(texts[0])' was found nowhere")
        for place in found.places {
            try require(document.value(at: place.pointer) != nil, "nothing at \(place.pointer), where a place is")
            let identity = PlaceIdentity(place.pointer, in: document)
            let value = identity.pointer(in: document).flatMap { document.value(at: $0) }
            try require(value == document.value(at: place.pointer), "\(place.pointer) is not where its identity is")
        }
        let told = TableTelling.changes(from: document, to: .object([]))
        try require(told.isEmpty == (document == .object([])), "nothing is told of a document that is gone")
        try require(TableTelling.changes(from: document, to: document).isEmpty, "a document differs from itself")
    }

    static let condition = FuzzTarget("condition", "a condition for spell-replay bisect, and a document") { input in
        let texts = input.texts(2)
        guard let parsed = try? ParsedCondition.parse(texts[0]) else { return }
        guard let again = try? ParsedCondition.parse(parsed.description) else {
            throw BrokenLaw(description: "'\(parsed.description)' is no condition, but was written as one")
        }
        try require(again.condition == parsed.condition, "'\(parsed.description)' is another condition")
        guard let document = try? JSONValue.parse(text: texts[1]) else { return }
        func isMet(_ condition: ParsedCondition) -> Bool {
            condition.condition.isMet { index in document.value(at: condition.places[index].tail) }
        }
        try require(isMet(again) == isMet(parsed), "'\(texts[0])' holds by the text only")
    }

    /// The definition, by a table of which pattern's beginnings match which text's.
    private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var row = [true] + pattern.indices.map { pattern[...$0].allSatisfy { $0 == UInt8(ascii: "*") } }
        for byte in text {
            var next = [false]
            for (at, wanted) in pattern.enumerated() {
                switch wanted {
                case UInt8(ascii: "*"): next.append(next[at] || row[at + 1])
                case UInt8(ascii: "?"): next.append(row[at])
                default: next.append(row[at] && wanted == byte)
                }
            }
            row = next
        }
        return row[pattern.count]
    }
}
