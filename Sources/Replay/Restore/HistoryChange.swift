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

    func command() throws(ReplayError) -> Command {
        do throws(CommandError) {
            return try Command.parse(name: "table.\(kind.rawValue)", data: data)
        } catch {
            throw ReplayError(error)
        }
    }

    /// Does it on a table that is open for writing.
    ///
    /// - Parameter past: The same journal with its archives, where the table's own folder doesn't hold all that is meant.
    /// - Returns: The newest event that it made; `nil` if there was nothing to change.
    package func run(
        on table: Table, past: JournalSource? = nil, actor: String
    ) async throws(ReplayError) -> Int64? {
        do throws(CommandError) {
            var request = CommandRequest(try Command.parse(name: "table.\(kind.rawValue)", data: data), actor: actor)
            if let past {
                let (offset, document) = (table.committed.offset, table.committed.document)
                request.command = try past.resolver.resolve(
                    request, present: HistoryResolver.Present(offset: offset, document: document))
            }
            return try await table.submit(request).offset
        } catch {
            throw ReplayError(error)
        }
    }
}
