import Journal

/// Where a player stands in a recording, and when it shows the next event.
///
/// Pure: no clock, file or task. Time comes in as milliseconds of any steady clock. The schedule is that of the recording,
/// divided by the speed; a gap between two events that is longer than `maxGap` counts as that.
package struct Playback: Sendable, Equatable {
    /// The moment before the first event that is played.
    package let begin: Int64
    /// The last event that is played.
    package let end: Int64
    /// The longest wait between two events, in milliseconds of the recording.
    package let maxGap: Int64

    /// The newest event shown, ``begin`` before the first.
    package private(set) var position: Int64
    package private(set) var speed: PlaybackSpeed
    package private(set) var isPaused: Bool

    /// When the event at ``position`` happened.
    private var time: JournalTime
    /// Milliseconds of the recording that were played since then, as of `anchor`.
    private var elapsed: Double = 0
    private var anchor: Int64

    /// A player at the beginning.
    ///
    /// - Parameters:
    ///   - begin: The offset before the first event to play.
    ///   - end: The last event to play, at least `begin`.
    ///   - time: What counts as the time at `begin`; that of the first event shows it at once.
    ///   - maxGap: In milliseconds, at least 0.
    package init(
        begin: Int64, end: Int64, time: JournalTime, speed: PlaybackSpeed, isPaused: Bool, maxGap: Int64, now: Int64
    ) {
        self.begin = begin
        self.end = max(begin, end)
        self.maxGap = max(0, maxGap)
        self.position = begin
        self.speed = speed
        self.isPaused = isPaused
        self.time = time
        self.anchor = now
    }

    /// Whether there is nothing left to show.
    package var isAtEnd: Bool { position >= end }

    /// The time in the recording; between two events it runs on from the first.
    package func recordedTime(now: Int64) -> JournalTime {
        var present = self
        present.settle(now)
        let shown = isAtEnd ? 0 : min(present.elapsed, Double(maxGap))
        return JournalTime(milliseconds: time.milliseconds + Int64(shown))
    }

    // MARK: The schedule

    /// How long to wait for the next event, in milliseconds; 0 if it is due, `nil` while nothing is to be shown.
    ///
    /// - Parameter next: When the event after ``position`` happened.
    package func wait(until next: JournalTime, now: Int64) -> Int64? {
        guard !isPaused, !isAtEnd else { return nil }
        guard case .times(let factor) = speed else { return 0 }
        var present = self
        present.settle(now)
        let left = Double(gap(before: next)) - present.elapsed
        return left <= 0 ? 0 : Int64((left / factor).rounded(.up))
    }

    /// The next event was shown.
    ///
    /// What it was late counts for the one after it, so that lateness does not add up.
    package mutating func shown(_ offset: Int64, at time: JournalTime, now: Int64) {
        settle(now)
        if case .times(let factor) = speed {
            // Whoever was held up for longer than a second does not hurry through what follows.
            elapsed = min(max(0, elapsed - Double(gap(before: time))), Double(maxGap) + 1000 * factor)
        } else {
            elapsed = 0
        }
        self.time = time
        position = offset
    }

    private func gap(before next: JournalTime) -> Int64 {
        min(max(0, next.milliseconds - time.milliseconds), maxGap)
    }

    /// Counts the time that has passed; it stands still while paused and at the end.
    private mutating func settle(_ now: Int64) {
        defer { anchor = max(anchor, now) }
        guard !isPaused, !isAtEnd, case .times(let factor) = speed else { return }
        elapsed += Double(max(0, now - anchor)) * factor
    }

    // MARK: Knobs

    package mutating func setPaused(_ isPaused: Bool, now: Int64) {
        settle(now)
        self.isPaused = isPaused
    }

    package mutating func setSpeed(_ speed: PlaybackSpeed, now: Int64) {
        settle(now)
        self.speed = speed
    }

    /// The player was set to another moment.
    ///
    /// - Parameters:
    ///   - offset: Kept within the range.
    ///   - time: When that event happened.
    ///   - asked: The time that was asked for, at or after `time`; `nil` for the event's own.
    ///   - next: When the event after it happened, if there is one.
    package mutating func moved(
        to offset: Int64, at time: JournalTime, asked: JournalTime? = nil, next: JournalTime?, now: Int64
    ) {
        settle(now)
        position = clamped(offset)
        self.time = time
        elapsed = 0
        guard let asked, let next else { return }
        // Within a gap that is played shorter, the time left to its end is what counts: else a step back from its end would
        // lead to its end again.
        let left = min(max(0, next.milliseconds - asked.milliseconds), maxGap)
        elapsed = Double(max(0, gap(before: next) - left))
    }

    /// The nearest offset that can be shown.
    package func clamped(_ offset: Int64) -> Int64 { min(max(offset, begin), end) }
}
