import JSONDocument
import Journal

/// Why a table can't be opened or its past can't be read.
package enum TableError: Error, CustomStringConvertible {
    /// The journal itself refuses; its message says what to do.
    case journal(JournalError)
    /// A line is sound by its checksum and yet not an event of this table.
    case badEvent(offset: Int64, reason: String)
    /// The offset is not in this journal.
    case offsetOutOfRange(offset: Int64, first: Int64, newest: Int64)
    /// The document that the journal starts from (`start` in journal.json) can't be read.
    case badStart(reason: String)

    package var description: String {
        switch self {
        case .journal(let error):
            "\(error)"
        case .badEvent(let offset, let reason):
            "event \(offset) can't be replayed: \(reason). Its bytes are as they were written; "
                + "`spell-replay verify` names every such event, `spell-replay repair` says what can be kept."
        case .offsetOutOfRange(let offset, let first, let newest):
            "offset \(offset) is not in this journal, which holds \(first) to \(newest)"
        case .badStart(let reason):
            "the document that this journal starts from can't be read: \(reason). "
                + "It is part of the journal: bring start.json.lz4 back from a backup."
        }
    }
}
