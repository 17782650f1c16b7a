import Logging
import NIOCore

/// Decides whether anything is read from one client; TCP makes it wait while nothing is.
///
/// What a client causes and does not take must not pile up: whoever sends commands or nonsense faster than the table works,
/// or reads no answers, is not listened to until there is room again.
final class ReadingControl {
    /// Why nothing is read for now.
    struct Holds: OptionSet {
        let rawValue: UInt8

        /// Too many of the client's commands are on their way through the table.
        static let commands = Holds(rawValue: 1)
        /// It was answered although its buffers are full.
        static let fullBuffers = Holds(rawValue: 2)
        /// Answers wait for the end of a message in fragments.
        static let queuedAnswers = Holds(rawValue: 4)
    }

    private let channel: any Channel
    private let logger: Logger
    private var holds: Holds = []
    private var allowance: CommandAllowance

    /// Lets the client send what it likes, up to the allowance.
    init(channel: any Channel, allowance: CommandAllowance, logger: Logger) {
        self.channel = channel
        self.allowance = allowance
        self.logger = logger
    }

    /// Reads nothing until every reason is gone.
    func hold(_ reason: Holds) {
        if holds.isEmpty { setReading(false) }
        holds.insert(reason)
    }

    /// Takes a reason away.
    func release(_ reason: Holds) {
        guard !holds.isDisjoint(with: reason) else { return }
        holds.remove(reason)
        if holds.isEmpty { setReading(true) }
    }

    /// Reads on whatever the reasons, because the client's close frame is awaited.
    func releaseAll() { release(holds) }

    /// A command was handed to the table.
    func begin(byteCount: Int) {
        if allowance.begin(byteCount: byteCount) { hold(.commands) }
    }

    /// The table is done with one.
    func end(byteCount: Int) {
        if allowance.end(byteCount: byteCount) { release(.commands) }
    }

    /// An effect was handed to the table; it comes back in the stream.
    func beginRelay(byteCount: Int, now: Int64) {
        begin(byteCount: byteCount)
        allowance.relayed(byteCount: byteCount, now: now)
    }

    /// The oldest effect came back.
    func endRelay() {
        if let byteCount = allowance.relayEnded() { end(byteCount: byteCount) }
    }

    /// Gives up effects that should have come back long ago.
    func forgetRelays(now: Int64) {
        for byteCount in allowance.forgottenRelays(now: now) { end(byteCount: byteCount) }
    }

    private func setReading(_ isOn: Bool) {
        do {
            try channel.syncOptions?.setOption(.autoRead, value: isOn)
        } catch {
            // Fails on a closed channel only, from which nothing is read anyway.
            logger.trace("Reading not switched", metadata: ["error": "\(error)"])
        }
    }
}

@available(*, unavailable)
extension ReadingControl: Sendable {}
