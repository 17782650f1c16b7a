import Journal
import Table
import WallClock

/// A scheduled backup's file name, which says all that the schedule needs: `spelltable-2026-11-26T182100Z.0c6ff3a1.1203-5be07a44.zip`.
///
/// When it was made, in UTC; the journal, by its uuid's first 8 digits; the newest event in it; and the first 8 digits of the chain
/// digest there, which tells a journal that was cut back and went on differently.
package struct BackupName: Sendable, Hashable {
    /// Whole seconds since 1970.
    package let seconds: Int64
    /// 8 hex digits.
    package let journal: String
    /// -1 before the first event.
    package let offset: Int64
    /// 8 hex digits.
    package let chain: String

    /// The name for a table's state at a time.
    package init(at time: JournalTime, journal uuid: String, state: CommittedState) {
        self.init(
            seconds: (time.milliseconds - (time.milliseconds % 1000 + 1000) % 1000) / 1000,
            journal: String(uuid.prefix(8)), offset: state.offset, chain: String(state.chain.hex.prefix(8)))
    }

    /// A name out of its parts.
    package init(seconds: Int64, journal: String, offset: Int64, chain: String) {
        self.seconds = seconds
        self.journal = journal
        self.offset = offset
        self.chain = chain
    }

    /// Reads a name; nil for any other file's.
    package init?(_ text: String) {
        let pattern =
            /spelltable-([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z\.([0-9a-f]{8})\.(-?[0-9]{1,18})-([0-9a-f]{8})\.zip/
        guard let match = text.wholeMatch(of: pattern), let year = Int(match.1), let month = Int(match.2),
            let day = Int(match.3), let hour = Int(match.4), let minute = Int(match.5), let second = Int(match.6),
            let offset = Int64(match.8)
        else { return nil }
        let wall = WallTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        guard wall.isValid, let milliseconds = LocalZone.utc.milliseconds(wall) else { return nil }
        self.init(
            seconds: milliseconds / 1000, journal: String(match.7), offset: offset, chain: String(match.9))
        // So `-0` and `007` are none either.
        guard self.text == text else { return nil }
    }

    /// The file's name.
    package var text: String {
        // `2026-11-26T18:21:00.000Z`
        let time = JournalTime(milliseconds: seconds * 1000).rfc3339.prefix(19).filter { $0 != ":" }
        return "spelltable-\(time)Z.\(journal).\(offset)-\(chain).zip"
    }

    /// Whether both hold the same events of the same journal.
    package func hasSameContent(as other: BackupName) -> Bool {
        (journal, offset, chain) == (other.journal, other.offset, other.chain)
    }
}
