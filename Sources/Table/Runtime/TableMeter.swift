/// Told how long the table's work took, by whoever keeps statistics of it; the table itself doesn't know what for.
///
/// Its closures are called on the table's threads, once per command: they must return at once and not call the table.
package struct TableMeter: Sendable {
    /// Nanoseconds of a monotonic clock.
    package var now: @Sendable () -> UInt64
    /// A command's events are on disk, so many nanoseconds after it was queued.
    ///
    /// Called before anybody else is told of them. Not for commands that changed nothing or were refused.
    package var madeDurable: @Sendable (_ nanoseconds: UInt64) -> Void

    package init(now: @escaping @Sendable () -> UInt64, madeDurable: @escaping @Sendable (UInt64) -> Void) {
        self.now = now
        self.madeDurable = madeDurable
    }
}
