import JSONDocument
import Journal
import Table

/// What there is to say about a journal without reading all of it.
package struct JournalInfo: Sendable {
    package let folder: String
    package let identity: JournalIdentity
    /// First kept event and newest event; newest < first in an empty journal.
    package let firstOffset: Int64
    package let newestOffset: Int64
    package let firstTime: JournalTime?
    package let newestTime: JournalTime?
    package let chain: ChainDigest
    /// The document's digest after the newest event.
    package let digest: String
    package let segments: [SegmentInfo]
    /// Offsets of the snapshots, oldest first.
    package let snapshots: [Int64]
    /// Entries of the document's first-level members, by name.
    package let contents: [(name: String, count: Int)]
    /// Process id in the lock file, if somebody holds it.
    package let writer: String?

    /// Gathers the facts.
    ///
    /// Reads the newest snapshot and the events after it.
    package static func gather(
        _ source: JournalSource, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) -> JournalInfo {
        let first = try source.beginning() + 1
        let newest = try source.newest()
        let document = try source.document(at: newest, useSnapshots: useSnapshots, progress: progress)
        do throws(JournalError) {
            return JournalInfo(
                folder: source.folder, identity: source.reader.identity, firstOffset: first, newestOffset: newest,
                firstTime: first > newest ? nil : try time(of: first, source),
                newestTime: first > newest ? nil : try time(of: newest, source),
                chain: try source.reader.chain(at: newest), digest: DocumentDigest.compute(document),
                segments: try source.reader.segments(),
                snapshots: try SnapshotStore(folder: source.folder, fileSystem: source.fileSystem).list().sorted(),
                contents: contents(of: document), writer: writer(source))
        } catch {
            throw ReplayError(error)
        }
    }

    /// Bytes of all segments.
    package var byteCount: Int64 { segments.reduce(0) { $0 + $1.byteCount } }

    private static func time(of offset: Int64, _ source: JournalSource) throws(JournalError) -> JournalTime? {
        var cursor = source.reader.cursor(from: offset)
        guard let chunk = try cursor.next(), chunk.firstOffset == offset else { return nil }
        return try EventEnvelope.parse(chunk.line(0)).time
    }

    private static func contents(of document: JSONValue) -> [(name: String, count: Int)] {
        ["scenes", "sceneFolders", "maps", "mapFolders", "mapData", "sounds"].map { ($0, document[$0]?.count ?? 0) }
    }

    private static func writer(_ source: JournalSource) -> String? {
        WriterProbe.holder(of: source.folder)
    }
}

extension JournalInfo {
    /// The stable form for programs.
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("folder", .string(folder)), ("journal", .string(identity.uuid)),
            ("created", .string(identity.created)), ("first", .number(Int(firstOffset))),
            ("newest", .number(Int(newestOffset))),
        ]
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
