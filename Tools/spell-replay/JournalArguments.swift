import ArgumentParser
import Glibc
import Journal
import Replay
import Table
import WallClock

/// Where the journal is; for commands that take its folder alone.
struct FolderArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("The table's folder, or the folder that holds it.", valueName: "dir"),
        completion: .directory)
    var journal = "journal/default"

    func validate() throws {
        guard !journal.isEmpty else { throw ValidationError("--journal is empty: give a folder.") }
    }

    /// The journal, opened for reading.
    func source() throws(ReplayError) -> JournalSource {
        try JournalSource(path: journal, fileSystem: PosixFileSystem())
    }

    /// The same journal, opened for writing: under its lock.
    func table(_ progress: ProgressBar) throws(ReplayError) -> Table {
        try OfflineTable.open(
            TableConfiguration(
                folder: try folder(), fileSystem: PosixFileSystem(), clock: { SystemClock.now },
                makeUUID: { SystemClock.makeUUID() }),
            progress: progress.show)
    }

    /// The table's own folder.
    func folder() throws(ReplayError) -> String {
        do throws(JournalError) {
            return try JournalFolder.resolve(journal, fileSystem: PosixFileSystem())
        } catch {
            throw ReplayError.unreadable("\(error)", hint: "Give another folder with --journal DIR.")
        }
    }
}

/// Where the journal is, with the archives that are read along; the same for every command that reads.
struct JournalArguments: ParsableArguments {
    @OptionGroup var place: FolderArguments
    @Option(
        help: ArgumentHelp(
            "A folder that `archive` moved older events to: read as one journal with them. Repeatable.",
            valueName: "dir"),
        completion: .directory)
    var archive: [String] = []

    /// For commands that may go through a server.
    func refuseArchives(through server: String?) throws {
        guard server == nil || archive.isEmpty else {
            throw ValidationError(
                "A server makes a change from what its own folder holds: leave --archive away, or stop the server and leave "
                    + "--server away.")
        }
    }

    /// The folder as it was typed.
    var journal: String { place.journal }

    /// The journal, opened for reading.
    func source() throws(ReplayError) -> JournalSource {
        try JournalSource(path: journal, archives: archive, fileSystem: PosixFileSystem())
    }

    /// The same journal, opened for writing: under its lock.
    func table(_ progress: ProgressBar) throws(ReplayError) -> Table { try place.table(progress) }
}

/// How the past is read; for the commands that rebuild documents.
struct ReplayArguments: ParsableArguments {
    @Flag(help: "Replay from the journal's start instead of the newest snapshot that fits.")
    var noSnapshots = false

    /// Whether snapshots may be used.
    var useSnapshots: Bool { !noSnapshots }
}

/// Time, names and randomness of this machine.
enum SystemClock {
    /// The time now.
    static var now: JournalTime { JournalTime(milliseconds: SystemTime.real) }

    /// A random UUID (RFC 9562, version 4), lower case.
    static func makeUUID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }

    /// Who this program's events say they are from: `anna@spell-replay`.
    static var actor: String { "\(Terminal.environment("USER") ?? "operator")@spell-replay" }
}

/// Reads a moment as typed.
func moment(_ text: String) throws(ReplayError) -> Moment {
    try Moment.parse(text, now: SystemClock.now, zone: .system)
}
