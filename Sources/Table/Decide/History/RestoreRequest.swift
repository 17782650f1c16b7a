import JSONDocument
import Journal

/// `table.restore` as it was asked for.
package struct RestoreRequest: Sendable, Hashable {
    /// The most places in one request: each costs a look at what is around it.
    package static let pathCountMax = 200

    /// The moment to go back to.
    package var target: RestoreTarget
    /// What is put back, each with everything in it; empty: the whole table.
    package var paths: [JSONPointer]
    /// Whether files that are no longer on disk are left out, where they would otherwise stand in the way.
    package var withoutMissingFiles: Bool
    /// Whether only to say what would change.
    package var isDryRun: Bool
    /// Refuse it if it would be another change by now than the one with this digest (``ChangeDigest``).
    package var ifChange: String?

    package init(
        to target: RestoreTarget, paths: [JSONPointer] = [], withoutMissingFiles: Bool = false, isDryRun: Bool = false,
        ifChange: String? = nil
    ) {
        self.target = target
        self.paths = paths
        self.withoutMissingFiles = withoutMissingFiles
        self.isDryRun = isDryRun
        self.ifChange = ifChange
    }
}

/// The moment that a table is brought back to.
package enum RestoreTarget: Sendable, Hashable {
    /// After the event of this offset; -1 is the empty table.
    case offset(Int64)
    /// After the last event with a time up to this.
    case time(JournalTime)

    /// Reads an offset (`41`) or an RFC 3339 time; nil for anything else.
    package init?(text: String) {
        if let offset = Int64(text) {
            self = .offset(offset)
        } else if let time = JournalTime(rfc3339: text) {
            self = .time(time)
        } else {
            return nil
        }
    }
}

/// A restore that can be decided: the past has been read.
package struct RestorePlan: Sendable {
    /// The document as it was then.
    package var document: JSONValue
    /// The offset at which it was so.
    package var offset: Int64
    /// As in ``RestoreRequest/paths``.
    package var paths: [JSONPointer]
    /// As in ``RestoreRequest/ifChange``.
    package var ifChange: String?

    package init(document: JSONValue, offset: Int64, paths: [JSONPointer] = [], ifChange: String? = nil) {
        self.document = document
        self.offset = offset
        self.paths = paths
        self.ifChange = ifChange
    }
}
