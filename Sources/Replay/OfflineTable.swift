import Table

/// Opening a table for writing, as the commands that change something do.
package enum OfflineTable {
    /// Takes the lock and recovers what a crash left.
    ///
    /// - Parameter progress: Told how many of the events are replayed.
    /// - Throws: ``ReplayError/unreadable(_:hint:)``; for a journal that a server writes with the advice to go through it.
    package static func open(
        _ configuration: TableConfiguration, progress: ProgressSink
    ) throws(ReplayError) -> Table {
        do throws(TableError) {
            return try Table.open(configuration) { progress(ProgressStep($0)) }
        } catch {
            throw ReplayError(error)
        }
    }
}
