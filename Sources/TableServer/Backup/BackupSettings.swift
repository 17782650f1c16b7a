/// Where and how often backups are made (docs/backups.md).
package struct BackupSettings: Sendable, Equatable {
    /// The folder they go to.
    package var folder: String
    /// Between two of them, in seconds.
    package var periodSeconds: Int64 = 86_400
    /// How many are kept.
    package var keep = 7
    /// From the server's start to the first look whether one is due.
    package var firstLookSeconds: Int64 { min(periodSeconds, 5) }

    /// Daily ones, of which seven are kept.
    package init(folder: String, periodSeconds: Int64 = 86_400, keep: Int = 7) {
        self.folder = folder
        self.periodSeconds = periodSeconds
        self.keep = keep
    }
}
