/// One ``RateLimit`` for each client that was busy lately, in bounded memory.
///
/// A client that has been quiet long enough to have its whole burst again is the same as one that was never seen, so it is
/// forgotten. Where still too many are left, those that were quiet longest are forgotten: that gives them a burst too
/// much, and nobody is refused for what others do. Pure; times are milliseconds of any one monotonic clock.
package struct ClientRateLimits: Sendable {
    private struct Entry {
        var limit: RateLimit
        var usedAt: Int64
    }

    /// How long the table is left alone before the forgettable ones are looked for, in milliseconds.
    private static let sweepInterval: Int64 = 10_000

    private let limits: RateLimit.Limits
    private let clientCountMax: Int
    private var clients: [String: Entry] = [:]
    private var sweptAt: Int64

    /// - Parameters:
    ///   - limits: What each client may do.
    ///   - clientCountMax: The most clients that are remembered, at least 1; one takes about 100 bytes.
    package init(limits: RateLimit.Limits, clientCountMax: Int = 10_000, now: Int64) {
        self.limits = limits
        self.clientCountMax = max(1, clientCountMax)
        self.sweptAt = now
    }

    /// How many clients are remembered.
    package var clientCount: Int { self.clients.count }

    /// A client wants to do one thing.
    ///
    /// - Returns: `nil` if it may, otherwise in how many milliseconds it may.
    package mutating func admit(_ client: String, now: Int64) -> Int64? {
        if now - self.sweptAt >= Self.sweepInterval { self.forgetTheRested(now: now) }
        if self.clients[client] == nil { self.makeRoom(now: now) }
        var entry = self.clients[client] ?? Entry(limit: RateLimit(limits: self.limits, now: now), usedAt: now)
        let isAdmitted = entry.limit.admit(now: now)
        entry.usedAt = max(entry.usedAt, now)
        self.clients[client] = entry
        return isAdmitted ? nil : entry.limit.waitingTime(now: now)
    }

    private mutating func makeRoom(now: Int64) {
        guard self.clients.count >= self.clientCountMax else { return }
        self.forgetTheRested(now: now)
        guard self.clients.count >= self.clientCountMax else { return }
        // Half of them at once, so that the sorting is paid for by as many newcomers.
        let quietestFirst = self.clients.sorted { $0.value.usedAt < $1.value.usedAt }
        for (client, _) in quietestFirst.prefix((self.clientCountMax + 1) / 2) { self.clients[client] = nil }
    }

    private mutating func forgetTheRested(now: Int64) {
        self.sweptAt = now
        self.clients = self.clients.filter { !$0.value.limit.isFull(now: now) }
    }
}
