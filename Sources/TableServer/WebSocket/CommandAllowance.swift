/// How much of one client may be on its way through the table; beyond it the server stops reading from that client.
///
/// Nothing is refused and nothing piles up: TCP makes the sender wait. Pure; times are milliseconds.
struct CommandAllowance {
    private struct Relay {
        let byteCount: Int
        let since: Int64
    }

    /// An effect that was dropped by an overloaded table never comes back; after this time it counts as gone.
    private static let relayTimeout: Int64 = 5_000

    private let countMax: Int
    private let byteCountMax: Int
    private var count = 0
    private var byteCount = 0
    private var isPaused = false
    private var relays: [Relay] = []

    init(countMax: Int, byteCountMax: Int) {
        self.countMax = countMax
        self.byteCountMax = byteCountMax
    }

    /// Something was handed to the table.
    ///
    /// Returns whether reading has to stop now.
    mutating func begin(byteCount: Int) -> Bool {
        count += 1
        self.byteCount += byteCount
        guard !isPaused, count >= countMax || self.byteCount >= byteCountMax else { return false }
        isPaused = true
        return true
    }

    /// The table is done with something.
    ///
    /// Returns whether reading may go on now: at half of the limits.
    mutating func end(byteCount: Int) -> Bool {
        count -= 1
        self.byteCount -= byteCount
        guard isPaused, count <= countMax / 2, self.byteCount <= byteCountMax / 2 else { return false }
        isPaused = false
        return true
    }

    /// What was handed over was an effect, whose end shows in the stream.
    mutating func relayed(byteCount: Int, now: Int64) { relays.append(Relay(byteCount: byteCount, since: now)) }

    /// The oldest effect came back; its size, if one was expected.
    mutating func relayEnded() -> Int? { relays.isEmpty ? nil : relays.removeFirst().byteCount }

    /// The sizes of effects that won't come back any more.
    mutating func forgottenRelays(now: Int64) -> [Int] {
        let forgotten = relays.prefix { now - $0.since >= Self.relayTimeout }
        relays.removeFirst(forgotten.count)
        return forgotten.map(\.byteCount)
    }
}
