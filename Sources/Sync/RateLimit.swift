/// A token bucket: how many messages a client may send.
///
/// Over the limit an event client's line is answered with an `error` line (``LineErrorCode/rateLimited``); a plain client is
/// never refused, its scenes are conflated (``PlainInflow``). Pure; times are milliseconds of any one monotonic clock.
package struct RateLimit: Sendable {
    /// How many messages a client may send.
    package struct Limits: Equatable, Sendable {
        /// Messages a second, for as long as one likes.
        ///
        /// Default 240: twelve times what the web client sends in a drag.
        package var perSecond: Int64
        /// Messages at once, after a quiet time.
        package var burst: Int64

        /// The defaults, where nothing else is asked for; what is below 1 counts as 1.
        package init(perSecond: Int64 = 240, burst: Int64 = 1_000) {
            self.perSecond = max(1, perSecond)
            self.burst = max(1, burst)
        }

        /// A rate with the burst that goes with it: a little more than four seconds' worth, 1,000 for 240.
        package static func rate(_ perSecond: Int64) -> Limits {
            Limits(perSecond: perSecond, burst: max(1, perSecond * 25 / 6))
        }

        /// More than anybody can send.
        package static let none = Limits(perSecond: 1 << 40, burst: 1 << 40)
    }

    private let limits: Limits
    /// In thousandths of a message, so that a millisecond's share of a slow rate isn't rounded away.
    private var tokens: Int64
    private var filledAt: Int64

    /// A full bucket.
    package init(limits: Limits = Limits(), now: Int64) {
        self.limits = limits
        self.tokens = limits.burst * Self.scale
        self.filledAt = now
    }

    /// Takes one message's token.
    ///
    /// - Returns: Whether there was one. If not, nothing was taken.
    package mutating func admit(now: Int64) -> Bool {
        self.fill(now: now)
        guard self.tokens >= Self.scale else { return false }
        self.tokens -= Self.scale
        return true
    }

    /// Takes one message's token that can't be refused; the bucket may go into debt, by one full bucket at most.
    package mutating func take(now: Int64) {
        self.fill(now: now)
        self.tokens = max(self.tokens - Self.scale, -self.limits.burst * Self.scale)
    }

    /// How many milliseconds until ``admit(now:)`` says yes; 0 if it would now.
    package func waitingTime(now: Int64) -> Int64 {
        var copy = self
        copy.fill(now: now)
        let missing = Self.scale - copy.tokens
        return missing <= 0 ? 0 : (missing + self.limits.perSecond - 1) / self.limits.perSecond
    }

    /// Whether the client has its whole burst again, as if it had never sent anything.
    package func isFull(now: Int64) -> Bool {
        var copy = self
        copy.fill(now: now)
        return copy.tokens == self.limits.burst * Self.scale
    }

    private static let scale: Int64 = 1_000

    private mutating func fill(now: Int64) {
        guard now > self.filledAt else { return }
        // A bucket is never further from full than twice its size, so longer absences needn't be multiplied out.
        let enough = (2 * self.limits.burst * Self.scale) / self.limits.perSecond + 1
        let elapsed = min(now - self.filledAt, enough)
        self.tokens = min(self.tokens + elapsed * self.limits.perSecond, self.limits.burst * Self.scale)
        self.filledAt = now
    }
}
