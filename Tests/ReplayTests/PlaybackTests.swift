import JSONDocument
import Journal
import Table
import TestSupport
import Testing
import WallClock

@testable import Replay

/// When a player shows what; no clock but numbers.
struct PlaybackTests {
    /// Seconds of the recording.
    private static func time(_ seconds: Double) -> JournalTime {
        JournalTime(milliseconds: 1_795_416_000_000 + Int64(seconds * 1000))
    }

    /// Events 10 to 14 at 0, 1, 3, 3603 and 3603.5 seconds; gaps are at most 5 s.
    private static let times: [Int64: JournalTime] = [
        10: time(0), 11: time(1), 12: time(3), 13: time(3603), 14: time(3603.5),
    ]

    private static func player(_ speed: PlaybackSpeed = .times(1), isPaused: Bool = false) -> Playback {
        Playback(begin: 9, end: 14, time: time(0), speed: speed, isPaused: isPaused, maxGap: 5_000, now: 100)
    }

    /// Plays on to the end: when each event is shown.
    private static func play(_ playback: inout Playback, from start: Int64) throws -> [Int64] {
        var (now, shown) = (start, [Int64]())
        while !playback.isAtEnd {
            let next = try #require(times[playback.position + 1])
            let wait = try #require(playback.wait(until: next, now: now))
            now += wait
            #expect(playback.wait(until: next, now: now) == 0)
            playback.shown(playback.position + 1, at: next, now: now)
            shown.append(now)
        }
        return shown
    }

    @Test func `events keep their distances, and a long gap lasts only so long`() throws {
        var playback = Self.player()
        #expect(try Self.play(&playback, from: 100) == [100, 1_100, 3_100, 8_100, 8_600])
        #expect(playback.wait(until: Self.time(9_999), now: 9_000) == nil)
    }

    @Test func `ten times as fast is a tenth of the waits`() throws {
        var playback = Self.player(.times(10))
        #expect(try Self.play(&playback, from: 100) == [100, 200, 400, 900, 950])
    }

    @Test func `at max speed nothing waits`() throws {
        var playback = Self.player(.max)
        #expect(try Self.play(&playback, from: 100) == [100, 100, 100, 100, 100])
    }

    @Test func `lateness is made up for and does not add up`() {
        var playback = Self.player()
        playback.shown(10, at: Self.time(0), now: 100)
        playback.shown(11, at: Self.time(1), now: 1_500)
        #expect(playback.wait(until: Self.time(3), now: 1_500) == 1_600)
    }

    @Test func `a pause takes no time of the recording`() {
        var playback = Self.player()
        playback.shown(10, at: Self.time(0), now: 100)
        playback.setPaused(true, now: 500)
        #expect(playback.wait(until: Self.time(1), now: 70_000) == nil)
        #expect(playback.recordedTime(now: 70_000) == Self.time(0.4))
        playback.setPaused(false, now: 70_000)
        #expect(playback.wait(until: Self.time(1), now: 70_000) == 600)
    }

    @Test func `another speed holds for what is left of the wait`() {
        var playback = Self.player()
        playback.shown(10, at: Self.time(0), now: 100)
        playback.setSpeed(.times(2), now: 600)
        #expect(playback.wait(until: Self.time(1), now: 600) == 250)
    }

    @Test func `set to a time between two events, it waits for the rest`() {
        var playback = Self.player()
        playback.moved(to: 11, at: Self.time(1), asked: Self.time(2.5), next: Self.time(3), now: 50_000)
        #expect(playback.recordedTime(now: 50_000) == Self.time(2.5))
        #expect(playback.wait(until: Self.time(3), now: 50_000) == 500)
    }

    @Test func `a step back from the end of a long gap does not lead to its end again`() {
        var playback = Self.player()
        playback.moved(to: 12, at: Self.time(3), asked: Self.time(3593), next: Self.time(3603), now: 0)
        #expect(playback.wait(until: Self.time(3603), now: 0) == 5_000)
        #expect(playback.recordedTime(now: 0) == Self.time(3))
        playback.moved(to: 12, at: Self.time(3), asked: Self.time(3602), next: Self.time(3603), now: 0)
        #expect(playback.wait(until: Self.time(3603), now: 0) == 1_000)
    }

    @Test func `it stays within its range`() {
        var playback = Self.player()
        #expect(playback.clamped(3) == 9)
        #expect(playback.clamped(99) == 14)
        playback.moved(to: 99, at: Self.time(3603.5), next: nil, now: 0)
        #expect(playback.position == 14)
        #expect(playback.isAtEnd)
    }

    // MARK: What people say

    @Test(arguments: [("1", "1×"), ("0.5", "0.5×"), ("10x", "10×"), ("max", "max"), ("MAX", "max")])
    func `speeds are read`(text: String, shown: String) throws {
        #expect(try PlaybackSpeed.parse(text).text == shown)
    }

    @Test(arguments: ["0", "-1", "fast", "", "nan", "inf", "1e9"])
    func `what is no speed is told`(text: String) {
        #expect(throws: ReplayError.self) { try PlaybackSpeed.parse(text) }
    }

    @Test func `plus and minus step through the speeds and stop at their ends`() {
        #expect(PlaybackSpeed.times(1).faster == .times(2))
        #expect(PlaybackSpeed.times(100).faster == .max)
        #expect(PlaybackSpeed.max.faster == .max)
        #expect(PlaybackSpeed.max.slower == .times(100))
        #expect(PlaybackSpeed.times(3).slower == .times(2))
        #expect(PlaybackSpeed.times(0.25).slower == .times(0.25))
        #expect(PlaybackSpeed.times(0.05).slower == .times(0.05))
    }

    @Test(arguments: [("5s", 5_000), ("500ms", 500), ("2m", 120_000), ("1h", 3_600_000), ("0", 0), ("1.5", 1_500)])
    func `lengths are read`(text: String, milliseconds: Int64) throws {
        #expect(try PlaybackLength.milliseconds(text) == milliseconds)
    }

    @Test(arguments: ["", "s", "-1s", "5 years", "1.2.3s", "99999999999999999h"])
    func `what is no length is told`(text: String) {
        #expect(throws: ReplayError.self) { try PlaybackLength.milliseconds(text) }
    }

    @Test func `keys are read, also in pieces and between nonsense`() {
        var reader = PlaybackKeyReader()
        #expect(
            reader.read(Array(" +-q".utf8)) == [
                .request(.togglePause), .request(.faster), .request(.slower), .quit,
            ])
        #expect(reader.read([0x1B]).isEmpty)
        #expect(reader.read(Array("[".utf8)).isEmpty)
        #expect(reader.read(Array("C".utf8)) == [.request(.step(10_000))])
        #expect(reader.read(Array("\u{1B}[D\u{1B}OD".utf8)) == [.request(.step(-10_000)), .request(.step(-10_000))])
        #expect(
            reader.read(Array("\u{1B}[H\u{1B}[1~xyz\u{1B}[5~,.".utf8)) == [
                .request(.offset(.min)), .request(.offset(.min)), .request(.events(-1)), .request(.events(1)),
            ])
        #expect(reader.read(Array("\u{1B}q".utf8)) == [.quit])
    }

    private static func requests(_ text: String) throws -> [PlaybackRequest] {
        try PlaybackRequest.parse(JSONValue.parse(text: text), now: time(0), zone: .utc)
    }

    @Test func `a body is read: place first, then speed, then pause`() throws {
        #expect(
            try Self.requests(#"{"paused":false,"speed":10,"offset":12}"#) == [
                .offset(12), .speed(.times(10)), .pause(false),
            ])
        #expect(try Self.requests(#"{"speed":"max"}"#) == [.speed(.max)])
        #expect(try Self.requests(#"{"time":"2026-11-23T06:40:01Z"}"#) == [.time(Self.time(1))])
        #expect(try Self.requests("{}").isEmpty)
    }

    @Test(arguments: [
        "[]", #"{"paused":1}"#, #"{"speed":0}"#, #"{"speed":null}"#, #"{"offset":"12"}"#, #"{"offset":1.5}"#,
        #"{"time":17}"#, #"{"time":"17"}"#, #"{"faster":true}"#, #"{"offset":1,"time":"2026-11-23T06:40:01Z"}"#,
    ])
    func `a body that makes no sense is refused with its fields`(text: String) throws {
        let error = #expect(throws: CommandError.self) { try Self.requests(text) }
        #expect(error?.code == .validation)
        #expect(error?.fields.isEmpty == false)
    }
}

/// A player on a real journal; the clock is moved by hand.
struct PlayerTests {
    private let played: PlayedTable

    init() throws { played = try PlayedTable() }

    private func player(begin: Int64 = -1, isPaused: Bool = true) async throws -> (Player, JournalSource) {
        let source = try await played.playEvening()
        let settings = Player.Settings(
            begin: begin, end: try source.newest(), speed: .max, isPaused: isPaused, maxGap: 5_000)
        return (try Player(source, settings, clock: { 0 }), source)
    }

    private func expect(_ player: Player, at offset: Int64, as source: JournalSource) throws {
        let state = player.recording.table.committed
        #expect(state.offset == offset)
        #expect(state.document == (try source.document(at: offset)))
        #expect(state.chain == (try source.reader.chain(at: offset)))
    }

    @Test func `it shows the document of every moment, forwards and back`() async throws {
        let (player, source) = try await player()
        try expect(player, at: -1, as: source)
        for offset: Int64 in [3, 1, 6, 0, -1, 5] {
            try await player.perform(.offset(offset))
            try expect(player, at: offset, as: source)
        }
        try await player.perform(.events(-2))
        try expect(player, at: 3, as: source)
        try await player.perform(.time(JournalTime(milliseconds: ManualClock().now.milliseconds + 61_000)))
        try expect(player, at: 1, as: source)
        #expect(await player.status.state == .paused)
    }

    @Test func `watchers are told the recorded lines, and of a way back as a jump`() async throws {
        let (player, source) = try await player()
        let told = Told()
        _ = player.recording.table.onCommit { told.take($0) }
        try await player.perform(.offset(4))
        try await player.perform(.offset(2))
        try await player.perform(.offset(6))
        let lines = try Self.lines(of: source)
        #expect(told.lines == Array(lines[0...4]) + Array(lines[3...6]))
        #expect(told.jumps == [2])
        #expect(told.viewers == [true, true])
    }

    @Test func `played to the end it has ended, and space begins anew`() async throws {
        let (player, source) = try await player(begin: 2)
        try await player.perform(.offset(.max))
        #expect(await player.status.state == .ended)
        try expect(player, at: 6, as: source)
        try await player.perform(.togglePause)
        #expect(await player.status.state == .playing)
        try expect(player, at: 2, as: source)
    }

    @Test func `run plays and stop ends it`() async throws {
        let (player, source) = try await player(isPaused: false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await player.run() }
            while await player.status.state != .ended { try await Task.sleep(for: .milliseconds(1)) }
            await player.stop()
            try await group.waitForAll()
        }
        try expect(player, at: 6, as: source)
    }

    @Test func `nothing can be changed, and nothing is written`() async throws {
        let (player, source) = try await player()
        let before = try source.reader.segments()
        let table = player.recording.table
        let command = try Command.parse(name: "viewer.blank", data: .object([]))
        await #expect(throws: CommandError.recording) {
            try await table.submit(CommandRequest(command, actor: "dm"))
        }
        #expect(table.writability != .writable)
        #expect(try source.reader.segments() == before)
    }

    private static func lines(of source: JournalSource) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var cursor = source.reader.cursor(from: 0)
        while let chunk = try cursor.next() { lines += (0..<chunk.count).map { chunk.line($0) } }
        return lines
    }
}
