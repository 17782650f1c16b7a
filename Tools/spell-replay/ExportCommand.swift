import ArgumentParser
import JSONDocument
import Journal
import Replay

/// The command `spell-replay export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the table, or its events, for other programs.",
        discussion: """
            --as says what is written:

              folders   the old server's data folders: maps/, scenes/ (with
                        current_scene.json and images/) and sounds/; maps that were
                        deleted since come back with --at
              document  the whole document of a moment, one line of JSON
              events    the journal's lines, byte for byte: JSON Lines
              csv       a row for each event (RFC 4180):
                        offset,time,type,actor,command,paths,data. A text that a
                        spreadsheet would take for a formula has an apostrophe
                        before it
              archive   the journal and the blobs that it names in one .zip, which
                        `import` takes, and which can be served once unpacked. Of a
                        range, it is a journal that begins with the document before.
                        A blob that isn't on disk any more is a reason to write
                        nothing, or left out and named with --without-missing-blobs

            events, csv and archive take a range. Files are written whole or not at all. `import` reads folders and \
            archives back.

            EXAMPLES
              spell-replay export --to backup/
              spell-replay export --to friday/ --at 'yesterday 23:00'
              spell-replay export --as document --at -2h --to - | jq .live
              spell-replay export --as csv --session -1 --to friday.csv
              spell-replay export --as archive --to table.zip
            """)

    /// What is written.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case folders, document, events, csv, archive

        /// Whether it is about a run of events; else about a moment.
        var takesRange: Bool { self == .events || self == .csv || self == .archive }
    }

    @OptionGroup var journal: JournalArguments
    @OptionGroup var range: RangeArguments
    @OptionGroup var replay: ReplayArguments
    @Option(name: .customLong("as"), help: "What to write: folders, document, events, csv or archive.")
    var form = Form.folders
    @Option(
        help: ArgumentHelp(
            "The folder or the file to write to; - writes a document, events or csv to standard output.",
            valueName: "path"),
        completion: .file())
    var to: String
    @Option(help: ArgumentHelp("The moment, for folders and document; now if not given.", valueName: "moment"))
    var at: String?
    @Flag(help: "Leave out of an archive the blobs that aren't there, and name them, instead of refusing.")
    var withoutMissingBlobs = false
    @Flag(help: "Write into a folder that isn't empty, or replace the file that is there.") var force = false
    @Flag(help: "Tell what was written as one JSON object.") var json = false

    func validate() throws {
        if form.takesRange, at != nil {
            throw ValidationError(
                "--as \(form.rawValue) is about a range: give --from, --through, --since or --until, not --at.")
        }
        if !form.takesRange, !range.isEmpty {
            throw ValidationError("--as \(form.rawValue) is about a moment: give --at, not a range.")
        }
        if withoutMissingBlobs, form != .archive {
            throw ValidationError("--without-missing-blobs is about archives: it goes with --as archive.")
        }
        guard to == "-" else { return }
        if form == .folders || form == .archive {
            throw ValidationError("--as \(form.rawValue) can't go to standard output: give a path with --to.")
        }
        if json { throw ValidationError("Standard output has what is exported: leave --json away.") }
    }

    func run() throws {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        switch form {
        case .folders: try writeFolders(source, progress)
        case .document: try writeDocument(source, progress)
        case .events: try writeEvents(source, .lines, progress)
        case .csv: try writeEvents(source, .csv, progress)
        case .archive: try writeArchive(source, progress)
        }
    }

    private func writeFolders(_ source: JournalSource, _ progress: ProgressBar) throws {
        let document = try source.document(
            at: try source.offset(of: try moment(at ?? "now"), progress: progress.show),
            useSnapshots: replay.useSnapshots, progress: progress.show)
        let report = try TableExport(from: source, to: to).run(
            document, overwrites: force, progress: progress.show)
        progress.clear()
        let files = Units.plural(report.files, "file")
        try tell(
            "wrote \(files), \(Units.bytes(report.byteCount)), to \(to)\n",
            [("files", .number(report.files)), ("bytes", .number(Int(report.byteCount)))])
    }

    private func writeDocument(_ source: JournalSource, _ progress: ProgressBar) throws {
        let offset = try source.offset(of: try moment(at ?? "now"), progress: progress.show)
        let document = try source.document(at: offset, useSnapshots: replay.useSnapshots, progress: progress.show)
        let target = try target(source)
        try target.append(document.serialized() + [UInt8(ascii: "\n")])
        try target.finish()
        progress.clear()
        guard to != "-" else { return }
        try tell(
            "wrote the document after event \(offset), \(Units.bytes(target.byteCount)), to \(to)\n",
            [("offset", .number(Int(offset))), ("bytes", .number(Int(target.byteCount)))])
    }

    private func writeEvents(_ source: JournalSource, _ form: EventExport.Form, _ progress: ProgressBar) throws {
        let wanted = try ExportRange(try range.range(in: source, progress), in: source)
        let target = try target(source)
        try EventExport(from: source, as: form).run(wanted, progress: progress.show) { try target.append($0) }
        try target.finish()
        progress.clear()
        guard to != "-" else { return }
        try tell(
            "wrote \(Units.plural(wanted.count, "event")), \(Units.bytes(target.byteCount)), to \(to)\n",
            Self.members(of: wanted) + [("bytes", .number(Int(target.byteCount)))])
    }

    private func writeArchive(_ source: JournalSource, _ progress: ProgressBar) throws {
        let wanted = try ExportRange(try range.range(in: source, progress), in: source)
        let report = try ArchiveExport(from: source).run(
            wanted, to: to, overwrites: force, useSnapshots: replay.useSnapshots,
            leavesOutMissing: withoutMissingBlobs, progress: progress.show)
        progress.clear()
        for blob in report.missingBlobs {
            Output.tell("left out: blob \(blob.sha256), named by event \(blob.event): it is missing")
        }
        if report.range != wanted {
            Output.tell("the range was extended to \(report.range.first)-\(report.range.last): a change is taken whole")
        }
        let (events, blobs) = (Units.plural(report.range.count, "event"), Units.plural(report.blobCount, "blob"))
        try tell(
            "wrote \(events) and \(blobs), \(Units.bytes(report.byteCount)), to \(to)\n",
            Self.members(of: report.range) + [
                ("journal", .string(report.journal)), ("chain", .string(report.chain)),
                ("blobs", .number(report.blobCount)), ("blobBytes", .number(Int(report.blobByteCount))),
                ("bytes", .number(Int(report.byteCount))),
                ("missingBlobs", .array(report.missingBlobs.map(Self.json))),
            ])
    }

    private func target(_ source: JournalSource) throws -> ExportTarget {
        guard to != "-" else { return .output { try Output.shared.write($0) } }
        return try .file(to, overwrites: force, fileSystem: source.fileSystem)
    }

    private static func members(of range: ExportRange) -> [(key: String, value: JSONValue)] {
        [
            ("events", .number(Int(range.count))), ("first", .number(Int(range.first))),
            ("last", .number(Int(range.last))),
        ]
    }

    private static func json(_ blob: MissingBlob) -> JSONValue {
        .object([("sha256", .string(blob.sha256)), ("event", .number(Int(blob.event)))])
    }

    private func tell(_ text: String, _ members: [(key: String, value: JSONValue)]) throws {
        guard json else { return try Output.shared.write(text) }
        let all = [(key: "as", value: JSONValue.string(form.rawValue)), (key: "to", value: .string(to))] + members
        try Output.shared.write(JSONValue.object(all).text + "\n")
    }
}
