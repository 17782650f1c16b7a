import ArgumentParser
import Glibc
import Replay
import TableServer

/// Reads a table's history: what happened, how the table stood, what changed; and brings it back.
@main
struct SpellReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spell-replay",
        abstract: "Read, check and bring back the history of a table.",
        discussion: """
            Every change at a table is an event in its journal. spell-replay reads that journal, also while the server \
            is writing it: nothing here needs the server to stop, but for import and for what changes the table \
            without --server (restore, undo, redo).

            A moment in the history is written as \(Moment.forms). Times without a zone are those of your zone.

            EXAMPLES
              spell-replay info                          size, age, contents
              spell-replay sessions                      the evenings, and who took part
              spell-replay log --since -2h               the last two hours
              spell-replay log --type 'map.*' --follow   watch maps come and go
              spell-replay show 1204                     one event, before and after
              spell-replay state --at 'yesterday 23:00'  the whole table as it was
              spell-replay diff -2h now                  what changed since then
              spell-replay verify                        is every byte still right?
              spell-replay repair                        what can be saved of a damaged journal
              spell-replay restore --to 1203 --dry-run   what would be undone

            EXIT CODES  0 fine, 1 the answer is no (damage found, no match), 2 wrong usage, 3 could not read.
            """,
        version: ServerVersion.text,
        subcommands: [
            InfoCommand.self, LogCommand.self, ShowCommand.self, StateCommand.self, DiffCommand.self,
            SessionsCommand.self, StatsCommand.self, BlameCommand.self, HistoryCommand.self, BisectCommand.self,
            PlayCommand.self, VerifyCommand.self, RepairCommand.self, RestoreCommand.self, UndoCommand.self,
            RedoCommand.self, ImportCommand.self, ExportCommand.self, ForkCommand.self, ArchiveCommand.self,
            PruneCommand.self, MirrorCommand.self,
        ])

    static func main() async {
        tzset()
        signal(SIGPIPE, SIG_IGN)  // a closed pipe is seen as EPIPE where it is written to
        do {
            var command = try parseAsRoot(NegativeValues.carried(Array(CommandLine.arguments.dropFirst())))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            try Output.shared.flush()
        } catch {
            Glibc.exit(ExitReport.code(telling: error))
        }
    }
}

/// Values like `-2h` and `-1`, which the option parser would take for options.
///
/// No option here begins with a digit, so a dash before a digit is a minus sign: it travels as U+2212, which
/// `Moment.parse` understands.
enum NegativeValues {
    static func carried(_ arguments: [String]) -> [String] {
        arguments.map { argument in
            let bytes = Array(argument.utf8.prefix(2))
            guard bytes.count == 2, bytes[0] == UInt8(ascii: "-"), (0x30...0x39).contains(bytes[1]) else {
                return argument
            }
            return "\u{2212}" + argument.dropFirst()
        }
    }
}
