import JSONDocument
import Table

/// A restore, undo or redo, as the sync protocol has it: its name there and its data.
///
/// Both ways take it: the table's own journal, and a running server.
package struct HistoryChange: Sendable, Equatable {
    /// What is done.
    package enum Kind: String, Sendable {
        case restore, undo, redo
    }

    package let kind: Kind
    /// The data without `dryRun`.
    package let data: JSONValue

    /// Brings the table back to an offset.
    ///
    /// - Parameter paths: What of it; empty: everything.
    package static func restore(
        to offset: Int64, paths: [JSONPointer] = [], withoutMissingFiles: Bool = false
    ) -> HistoryChange {
        var data: JSONValue = ["to": .number(Int(offset))]
        if !paths.isEmpty { data.setMember("paths", to: .array(paths.map { .string($0.text) })) }
        if withoutMissingFiles { data.setMember("withoutMissingFiles", to: true) }
        return HistoryChange(kind: .restore, data: data)
    }

    /// Takes back the event at an offset.
    package static func undo(_ offset: Int64) -> HistoryChange {
        HistoryChange(kind: .undo, data: ["offset": .number(Int(offset))])
    }

    /// Brings back an event that was undone.
    package static func redo(_ offset: Int64) -> HistoryChange {
        HistoryChange(kind: .redo, data: ["offset": .number(Int(offset))])
    }

    /// The data that only asks what would change.
    package var rehearsalData: JSONValue {
        var data = data
        data.setMember("dryRun", to: true)
        return data
    }

    /// The same, which a server refuses where it would be another change by now than the one that was shown.
    ///
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` if the server didn't say which change it showed.
    package func only(as shown: ChangePreview) throws(ReplayError) -> HistoryChange {
        guard let change = shown.change else {
            throw .unreadable(
                "the server can't be held to what it has shown, and nothing was done",
                hint: "It is older than this program: update it, or give --yes, for whatever it is by then.")
        }
        var data = data
        data.setMember("ifChange", to: .string(change))
        return HistoryChange(kind: kind, data: data)
    }

    func command() throws(ReplayError) -> Command {
        do throws(CommandError) {
            return try Command.parse(name: "table.\(kind.rawValue)", data: data)
        } catch {
            throw ReplayError(error)
        }
    }

    /// What was done.
    package struct Outcome: Sendable, Equatable {
        /// The newest event that it made; `nil` if there was nothing to change.
        package let event: Int64?
        /// Files that were brought back from an archive, and their bytes.
        package let broughtCount: Int
        package let broughtByteCount: Int64
    }

    /// Does it on a table that is open for writing.
    ///
    /// - Parameters:
    ///   - past: The same journal, with its archives where the table's own folder doesn't hold all that is meant.
    ///   - progress: Told of every look into the past, and of the files that are brought back.
    package func run(
        on table: Table, past: JournalSource, actor: String, progress: ProgressSink
    ) async throws(ReplayError) -> Outcome {
        var request = CommandRequest(try command(), actor: actor)
        let present = HistoryResolver.Present(offset: table.committed.offset, document: table.committed.document)
        do throws(CommandError) {
            request.command = try past.resolver.resolve(request, present: present) { progress(ProgressStep($0)) }
        } catch {
            throw ReplayError(error)
        }
        let brought = try ArchivedBlobs(source: past).bring(
            for: request.command, on: present.document, progress: progress)
        do throws(CommandError) {
            return Outcome(
                event: try await table.submit(request).offset, broughtCount: brought.count,
                broughtByteCount: brought.byteCount)
        } catch {
            throw ReplayError(error)
        }
    }
}
