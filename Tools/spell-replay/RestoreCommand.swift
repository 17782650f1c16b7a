import ArgumentParser
import JSONDocument
import Journal
import Replay
import Table

/// The command `spell-replay restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring the table, or a part of it, back to an earlier moment.",
        discussion: """
            Appends one table.restored event that makes the document, or the places named, what they were. Nothing is \
            lost: what happened since stays in the journal, and a restore can be taken back by another. It shows what \
            will change and asks, unless --yes is given.

            A place is a kind and a name: scene "Crypt", map crypt.png, folder maps/dungeons, token "Goblin 3", sound \
            tavern.mp3; or live, viewer, music; or a JSON Pointer. Names are looked up in the table as it is now and as \
            it was then. A place that was not there then is removed; the rest of the table stays as it is. What belongs \
            to a place comes along (a scene's images, a map's data, what is in a folder), and the folder that it lay \
            in; what is touched besides is shown.

            Files that were removed or overwritten come back too: their contents are kept. Where one was pruned and no \
            --archive has it, the restore refuses and names it; with --without-missing-files that file alone stays as it is.

            Works on the journal itself when no server writes it; with --server through the running server, whose \
            clients then follow at once. What was archived is read with --archive, which stays as it is; files that only \
            the archive has come back into the table's folder.

            What was confirmed is what is done: if the table was changed meanwhile so that it would be something else, it \
            says so and does nothing.

            EXAMPLES
              spell-replay restore --to 1203 --dry-run
              spell-replay restore --to 'yesterday 23:00'
              spell-replay restore --to yesterday scene "Crypt"
              spell-replay restore --to 1203 --scene Crypt --map crypt.png
              spell-replay restore --to 1203 --path /viewer/nightMode
              spell-replay restore --to -30m --yes --server http://localhost:8010
              spell-replay restore --to 2025-11-20 scene "Crypt" --archive old/

            Exit code 1 if there is nothing to change, a place or a file's content isn't there, the table was changed \
            meanwhile, or the answer to the question was no.
            """)

    @OptionGroup var journal: JournalArguments
    @OptionGroup var replay: ReplayArguments
    @OptionGroup var change: ChangeArguments
    @Option(help: ArgumentHelp("The moment to go back to.", valueName: "moment")) var to: String
    @Argument(help: ArgumentHelp("A place, such as scene \"Crypt\".", valueName: "place")) var place: [String] = []
    @Option(help: ArgumentHelp("A scene, by its name; repeatable.", valueName: "name")) var scene: [String] = []
    @Option(help: ArgumentHelp("A folder, with what is in it; repeatable.", valueName: "name")) var folder: [String] =
        []
    @Option(help: ArgumentHelp("A map, by its name; repeatable.", valueName: "name")) var map: [String] = []
    @Option(help: ArgumentHelp("A place, by its JSON Pointer; repeatable.", valueName: "pointer"))
    var path: [String] = []
    @Flag(help: "Leave out files whose content is no longer there, instead of refusing.")
    var withoutMissingFiles = false

    func validate() throws { try journal.refuseArchives(through: change.server) }

    func run() async throws {
        let desk = HistoryDesk(arguments: change, journal: journal)
        if let address = change.server {
            let server = try ServerConnection(address)
            let target = try await server.target(of: try moment(to))
            let names = try names()
            let paths = try await pointers(names, target, server)
            let wanted = wanted(target, paths)
            return try await finish(desk, wanted, try await server.preview(wanted), target: target, paths)
        }
        let (moments, preview, paths) = try lookOffline()
        try await finish(desk, wanted(moments.target, paths), preview, target: moments.target, paths)
    }

    private func lookOffline() throws -> (RestoreMoments, ChangePreview, [JSONPointer]) {
        let source = try journal.source()
        let progress = ProgressBar()
        defer { progress.clear() }
        let target = try source.offset(of: try moment(to), progress: progress.show)
        let restore = TableRestore(source, useSnapshots: replay.useSnapshots, progress: progress.show)
        let moments = try restore.moments(target)
        let paths = try pointers(try names(), moments)
        let preview = try restore.preview(moments, paths: paths, withoutMissingFiles: withoutMissingFiles)
        return (moments, preview, paths)
    }

    private func wanted(_ target: Int64, _ paths: [JSONPointer]) -> HistoryChange {
        .restore(to: target, paths: paths, withoutMissingFiles: withoutMissingFiles)
    }

    private func finish(
        _ desk: HistoryDesk, _ wanted: HistoryChange, _ preview: ChangePreview, target: Int64, _ paths: [JSONPointer]
    ) async throws {
        let what = paths.isEmpty ? "the table" : paths.map { printable($0.text) }.joined(separator: ", ")
        guard !preview.changes.isEmpty else {
            let verb = paths.count > 1 ? "are" : "is"
            throw ReplayError.no("\(what) \(verb) already as it was at \(target)")
        }
        let done = paths.isEmpty ? "restored to \(target)" : "\(what) restored to \(target)"
        try await desk.carryOut(wanted, preview, question: "Bring \(what) back to \(target)?", done: done)
    }

    /// Everything that was named.
    private func names() throws(ReplayError) -> [PlaceName] {
        var names: [PlaceName] = place.isEmpty ? [] : [try PlaceName.parse(place)]
        names += scene.map { .named(.scene, name: $0, scene: nil) }
        names += folder.map { .named(.folder, name: $0, scene: nil) }
        names += map.map { .named(.map, name: $0, scene: nil) }
        for path in path { names.append(.pointer(try pointer(path))) }
        return names
    }

    private func pointer(_ text: String) throws(ReplayError) -> JSONPointer {
        do throws(JSONPointerError) {
            return try JSONPointer(text)
        } catch {
            throw .usage("'\(text)' is no JSON Pointer: \(error)", hint: "Begin with a slash: /scenes, /live/maps/0.")
        }
    }

    /// Pointers alone need no look at the two documents, which may be large.
    private func pointers(
        _ names: [PlaceName], _ target: Int64, _ server: ServerConnection
    ) async throws -> [JSONPointer] {
        if let pointers = RestorePlaces.pointers(names) { return pointers }
        return try pointers(names, try await server.moments(target))
    }

    /// Empty for the whole table.
    private func pointers(_ names: [PlaceName], _ moments: RestoreMoments) throws(ReplayError) -> [JSONPointer] {
        var pointers: [JSONPointer] = []
        for name in names {
            pointers += try RestorePlaces.pointers(name, moments).filter { !pointers.contains($0) }
        }
        return pointers.contains(.root) ? [] : pointers
    }
}
