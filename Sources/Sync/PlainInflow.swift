import JSONDocument

/// The rate limit of a plain client, which is never refused: of its scenes only the newest is taken, once there is room.
///
/// Everything else that it sends passes at once, because each message is said once only; a scene that was held back goes
/// before it, so that the order in which a client sends is kept.
package struct PlainInflow: Sendable {
    private var limit: RateLimit
    private var held: JSONValue?

    /// The inflow of a client that has sent nothing yet.
    package init(limits: RateLimit.Limits = RateLimit.Limits(), now: Int64) {
        self.limit = RateLimit(limits: limits, now: now)
    }

    /// The client sent a scene.
    ///
    /// - Returns: The scene to hand to the table; `nil` where it is held back until ``tick(now:)`` or a later message.
    package mutating func received(scene: JSONValue, now: Int64) -> JSONValue? {
        guard self.limit.admit(now: now) else {
            self.held = scene
            return nil
        }
        self.held = nil
        return scene
    }

    /// The client sent anything else, which passes.
    ///
    /// - Returns: The scene to hand to the table before it, if one was held back.
    package mutating func receivedOther(now: Int64) -> JSONValue? {
        self.limit.take(now: now)
        guard let scene = self.held else { return nil }
        self.limit.take(now: now)
        self.held = nil
        return scene
    }

    /// Time has passed.
    ///
    /// - Returns: The held scene, if there is room for it now.
    package mutating func tick(now: Int64) -> JSONValue? {
        guard let scene = self.held, self.limit.admit(now: now) else { return nil }
        self.held = nil
        return scene
    }

    /// The held scene on a client's leaving, so that its last move isn't lost with the connection.
    package mutating func ended() -> JSONValue? {
        defer { self.held = nil }
        return self.held
    }

    /// How many milliseconds until ``tick(now:)`` hands out a scene; `nil` where none is held.
    package func wakesIn(now: Int64) -> Int64? {
        self.held == nil ? nil : self.limit.waitingTime(now: now)
    }
}
