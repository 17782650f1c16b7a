import JSONDocument
import Journal
import WallClock

extension JournalInfo {
    /// The stable form for programs.
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("folder", .string(folder)), ("journal", .string(identity.uuid)),
            ("created", .string(identity.created)), ("first", .number(Int(firstOffset))),
            ("newest", .number(Int(newestOffset))),
        ]
        if let start = identity.start {
            members.append(("startOffset", .number(Int(start.offset))))
            members.append(("startChain", .string(start.chain.hex)))
            if let ancestor = start.ancestor { members.append(("ancestor", .string(ancestor))) }
        }
        if let firstTime { members.append(("firstTime", .string(firstTime.rfc3339))) }
        if let newestTime { members.append(("newestTime", .string(newestTime.rfc3339))) }
        members += [
            ("chain", .string(chain.hex)), ("digest", .string(digest)), ("bytes", .number(Int(byteCount))),
            ("segments", .array(segments.map(\.json))), ("snapshots", .array(snapshots.map { .number(Int($0)) })),
            ("contents", .object(contents.map { (key: $0.name, value: .number($0.count)) })),
        ]
        if let writer { members.append(("writer", .string(writer))) }
        return .object(members)
    }

    /// The same for people.
    package func text(_ paint: Paint, _ zone: LocalZone) -> String {
        var table = TextTable([.left, .left])
        func row(_ name: String, _ value: String) { table.add([(name, .dim), (value, nil)]) }
        row("folder", folder)
        row("journal", identity.uuid)
        row("created", JournalTime(rfc3339: identity.created).map { zone.text($0.milliseconds) } ?? identity.created)
        if let start = identity.start {
            let moment = start.offset < 0 ? "its beginning" : "event \(start.offset)"
            // Its own event where older ones were archived, or it came from the archive of a range.
            let ancestor = start.ancestor.map { " of journal \($0)" } ?? "; older ones aren't here"
            row("goes on", "from \(moment)\(ancestor)")
        }
        row("events", eventsText)
        if let firstTime, let newestTime {
            row("first", zone.text(firstTime.milliseconds))
            row("newest", zone.text(newestTime.milliseconds))
            row("spans", Units.length(milliseconds: newestTime.milliseconds - firstTime.milliseconds))
        }
        row("size", "\(Units.bytes(byteCount)) in \(Units.plural(segments.count, "segment"))\(perEvent)")
        row("snapshots", snapshots.isEmpty ? "none" : snapshots.map(String.init).joined(separator: ", "))
        row("holds", contents.map { "\($0.count) \($0.name)" }.joined(separator: ", "))
        row("digest", digest)
        row("chain", chain.hex)
        row("written by", writer.map { "process \($0)" } ?? "nobody right now")
        return table.text(paint)
    }

    private var eventCount: Int64 { newestOffset - firstOffset + 1 }

    private var eventsText: String {
        eventCount == 0 ? "none yet" : "\(Units.count(eventCount)) (\(firstOffset) to \(newestOffset))"
    }

    private var perEvent: String {
        eventCount > 0 ? ", \(byteCount / eventCount) bytes an event" : ""
    }
}

extension SegmentInfo {
    fileprivate var json: JSONValue {
        .object([
            (key: "name", value: .string(name)), (key: "base", value: .number(Int(baseOffset))),
            (key: "bytes", value: .number(Int(byteCount))),
        ])
    }
}
