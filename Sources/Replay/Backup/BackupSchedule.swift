/// When the next backup is due, and which ones have had their time: decided from the names of the files that are there.
///
/// Pure. It remembers nothing, so a restart changes nothing, and a clock that was wrong for a while does little: a file from the
/// future doesn't count until its time has come. Only files of the same journal are looked at, so that a new table in the old one's place
/// never pushes the old one's backups out.
package struct BackupSchedule: Sendable, Equatable {
    /// What is to be done now.
    package enum Decision: Sendable, Equatable {
        /// Make one.
        case due
        /// It is time, but one that is there has all of it.
        case unchanged(BackupName)
        /// So many milliseconds from now.
        case later(milliseconds: Int64)
    }

    /// Between two backups, in milliseconds.
    package let period: Int64
    /// How many are kept, at least 1.
    package let keep: Int

    /// A schedule out of its parts.
    package init(period: Int64, keep: Int) {
        self.period = period
        self.keep = max(1, keep)
    }

    /// - Parameters:
    ///   - present: The name that a backup made now would have.
    ///   - names: The backups that are there.
    ///   - now: Milliseconds since 1970.
    package func decision(for present: BackupName, among names: [BackupName], now: Int64) -> Decision {
        let own = names.filter { $0.journal == present.journal }
        if let newest = own.map({ $0.seconds * 1000 }).filter({ $0 <= now }).max(), now - newest < period {
            return .later(milliseconds: newest + period - now)
        }
        return own.first { $0.hasSameContent(as: present) }.map { .unchanged($0) } ?? .due
    }

    /// The backups beyond those that are kept, the oldest first.
    ///
    /// - Parameter made: The one that was made and verified just now; it stays whatever the other names say.
    package func outdated(besides made: BackupName, among names: [BackupName]) -> [BackupName] {
        let others = names.filter { $0.journal == made.journal && $0 != made }
            .sorted { ($0.seconds, $0.offset) < ($1.seconds, $1.offset) }
        return Array(others.dropLast(keep - 1))
    }
}
