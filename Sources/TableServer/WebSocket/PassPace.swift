import NIOCore

/// How long a loop waits between two passes over its clients.
///
/// A write to a socket costs the kernel 5 to 15 µs, however little is in it, so what gathers meanwhile for thousands of clients
/// is best sent in one. While passes are short there is no wait: what happens at a quiet table leaves at once. A long pass
/// is followed by a rest of the same length, so that the clients' loops take half a core each until ``restMax`` is
/// reached, and leave the rest to the writer and to whoever is new.
enum PassPace {
    /// A pass that took no longer is followed by the next one at once.
    static let passWithoutRest = TimeAmount.microseconds(500)
    /// A token that is dragged still moves smoothly with it.
    static let restMax = TimeAmount.milliseconds(10)

    /// The rest after a pass that took so long; nil for none.
    static func rest(after duration: TimeAmount) -> TimeAmount? {
        duration > passWithoutRest ? min(duration, restMax) : nil
    }
}
