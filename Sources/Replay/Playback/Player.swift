import JSONDocument
import Journal
import Table
import WallClock

/// Plays a part of a recording: shows its events on a ``RecordedTable`` when their time has come.
package actor Player {
    /// What is to be played, and how.
    package struct Settings: Sendable {
        /// The offset before the first event.
        package var begin: Int64
        /// The last event.
        package var end: Int64
        package var speed: PlaybackSpeed
        package var isPaused: Bool
        /// In milliseconds of the recording.
        package var maxGap: Int64

        package init(begin: Int64, end: Int64, speed: PlaybackSpeed, isPaused: Bool, maxGap: Int64) {
            self.begin = begin
            self.end = end
            self.speed = speed
            self.isPaused = isPaused
            self.maxGap = maxGap
        }
    }

    /// A way forward that is not longer is shown event by event; a longer one, and each way back, is a jump, for which event
    /// clients have to come back.
    private static let shownThroughMax: Int64 = 1_000

    /// What the recording is shown on.
    package nonisolated let recording: RecordedTable

    private let source: JournalSource
    private let clock: @Sendable () -> Int64
    private let times: (first: JournalTime, last: JournalTime)?
    private var playback: Playback
    private var feed: RecordingFeed
    private let bell = Bell()
    private var isStopped = false

    /// Stands at the beginning; ``run()`` plays.
    ///
    /// - Parameters:
    ///   - recording: Stands at the beginning; opened here if not given.
    ///   - clock: Milliseconds of a steady clock.
    package init(
        _ source: JournalSource, _ settings: Settings, recording: RecordedTable? = nil,
        clock: @escaping @Sendable () -> Int64
    ) throws(ReplayError) {
        self.source = source
        self.clock = clock
        if let recording {
            self.recording = recording
        } else {
            self.recording = try Self.recording(of: source, at: settings) { _ in }
        }
        let hasEvents = settings.end > settings.begin
        let first = try source.time(at: hasEvents ? settings.begin + 1 : settings.begin)
        let last = try source.time(at: settings.end)
        times = hasEvents ? (first, last) : nil
        playback = Playback(
            begin: settings.begin, end: settings.end, time: first, speed: settings.speed, isPaused: settings.isPaused,
            maxGap: settings.maxGap, now: clock())
        feed = RecordingFeed(source, after: settings.begin, through: settings.end)
    }

    /// A recording at its beginning.
    ///
    /// - Parameter progress: Told how many of the events before it are replayed.
    package static func recording(
        of source: JournalSource, at settings: Settings, progress: ProgressSink
    ) throws(ReplayError) -> RecordedTable {
        do throws(TableError) {
            return try RecordedTable.open(
                folder: source.folder, archives: source.archives, fileSystem: source.fileSystem, at: settings.begin
            ) { progress(ProgressStep($0)) }
        } catch {
            throw ReplayError(error)
        }
    }

    /// How it stands.
    package var status: PlaybackStatus {
        PlaybackStatus(
            journal: source.reader.identity.uuid,
            state: playback.isAtEnd ? .ended : playback.isPaused ? .paused : .playing, offset: playback.position,
            time: playback.recordedTime(now: clock()), speed: playback.speed, first: playback.begin + 1,
            last: playback.end, firstTime: times?.first, lastTime: times?.last, maxGap: playback.maxGap)
    }

    // MARK: Playing

    /// Plays until ``stop()``; at the end it waits to be set back.
    package func run() async throws(ReplayError) {
        while !isStopped, !Task.isCancelled {
            switch try showDue() {
            case 0?: await Task.yield()
            case let wait: await bell.wait(atMost: wait)
            }
        }
    }

    /// Ends ``run()``.
    package func stop() {
        isStopped = true
        bell.ring()
    }

    /// Shows what is due.
    ///
    /// - Returns: How long until there is more, in milliseconds; `nil`: until somebody turns a knob.
    private func showDue() throws(ReplayError) -> Int64? {
        guard let next = try feed.nextTime() else { return nil }
        let now = clock()
        guard playback.wait(until: next, now: now) == 0 else { return playback.wait(until: next, now: now) }
        try show { playback, _, time in playback.wait(until: time, now: now) == 0 }
        return 0
    }

    /// Shows the next events as one batch, as long as they are wanted.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    private func show(while isWanted: (Playback, Int64, JournalTime) -> Bool) throws(ReplayError) -> Bool {
        let now = clock()
        var ahead = playback
        let chunk = try feed.take { offset, time in
            guard isWanted(ahead, offset, time) else { return false }
            ahead.shown(offset, at: time, now: now)
            return true
        }
        guard let chunk else { return false }
        do throws(TableError) {
            try recording.show(chunk)
        } catch {
            throw ReplayError(error)
        }
        playback = ahead
        return true
    }

    // MARK: Knobs

    /// Does what somebody wants; the answer of ``status`` shows it.
    package func perform(_ request: PlaybackRequest) throws(ReplayError) {
        let now = clock()
        switch request {
        case .pause(let isPaused): playback.setPaused(isPaused, now: now)
        case .togglePause: try togglePause(now)
        case .speed(let speed): playback.setSpeed(speed, now: now)
        case .faster: playback.setSpeed(playback.speed.faster, now: now)
        case .slower: playback.setSpeed(playback.speed.slower, now: now)
        case .offset(let offset): try go(to: offset)
        case .events(let count): try go(to: playback.position + count)
        case .time(let time): try go(to: time)
        case .step(let milliseconds):
            try go(
                to: JournalTime(milliseconds: playback.recordedTime(now: now).milliseconds + milliseconds))
        }
        bell.ring()
    }

    /// Does what the body of `POST /play` says and answers how it stands then.
    package func change(_ body: JSONValue, now: JournalTime, zone: LocalZone) throws(CommandError) -> JSONValue {
        for request in try PlaybackRequest.parse(body, now: now, zone: zone) {
            do throws(ReplayError) {
                try perform(request)
            } catch {
                throw CommandError(.conflict, "The recording can't be read there: \(error)")
            }
        }
        return status.json
    }

    private func togglePause(_ now: Int64) throws(ReplayError) {
        guard playback.isAtEnd else { return playback.setPaused(!playback.isPaused, now: now) }
        try go(to: playback.begin)
        playback.setPaused(false, now: now)
    }

    private func go(to time: JournalTime) throws(ReplayError) {
        try go(to: try source.offset(of: .time(time)), asked: time)
    }

    private func go(to wanted: Int64, asked: JournalTime? = nil) throws(ReplayError) {
        let offset = playback.clamped(wanted)
        if offset > playback.position, offset - playback.position <= Self.shownThroughMax {
            while playback.position < offset, try show(while: { _, next, _ in next <= offset }) {}
        } else if offset != playback.position {
            try jump(to: offset)
        }
        let next = try feed.nextTime()
        // At the beginning the first event is due, however long nothing had happened before it.
        if offset == playback.begin, let next {
            playback.moved(to: offset, at: next, next: next, now: clock())
        } else {
            playback.moved(
                to: offset, at: try source.time(at: offset), asked: offset == wanted ? asked : nil, next: next,
                now: clock())
        }
    }

    private func jump(to offset: Int64) throws(ReplayError) {
        do throws(TableError) {
            try recording.jump(to: offset)
        } catch {
            throw ReplayError(error)
        }
        feed = RecordingFeed(source, after: offset, through: playback.end)
    }
}

extension JournalSource {
    /// When an event happened; at the beginning, when the journal was made.
    fileprivate func time(at offset: Int64) throws(ReplayError) -> JournalTime {
        do throws(JournalError) {
            return try reader.time(at: offset)
        } catch {
            throw ReplayError(error)
        }
    }
}
