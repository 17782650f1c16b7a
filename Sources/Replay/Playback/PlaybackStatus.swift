import JSONDocument
import Journal
import WallClock

/// How a player stands, for people and for programs.
package struct PlaybackStatus: Sendable, Equatable {
    package enum State: String, Sendable { case playing, paused, ended }

    package let journal: String
    package let state: State
    /// The newest event shown.
    package let offset: Int64
    /// The time in the recording.
    package let time: JournalTime
    package let speed: PlaybackSpeed
    /// The first and the last event that are played.
    package let first: Int64
    package let last: Int64
    /// When they happened; `nil` if there are none.
    package let firstTime: JournalTime?
    package let lastTime: JournalTime?
    /// The longest wait between two events, in milliseconds of the recording.
    package let maxGap: Int64

    /// The answer of `GET /play`.
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("journal", .string(journal)), ("state", .string(state.rawValue)), ("offset", .number(Int(offset))),
            ("time", .string(time.rfc3339)), ("speed", speed.json), ("first", .number(Int(first))),
            ("last", .number(Int(last))), ("maxGapMilliseconds", .number(Int(maxGap))),
        ]
        if let firstTime { members.append(("firstTime", .string(firstTime.rfc3339))) }
        if let lastTime { members.append(("lastTime", .string(lastTime.rfc3339))) }
        return .object(members)
    }

    /// The line that stands on the terminal, at most `width` columns.
    package func line(zone: LocalZone, width: Int) -> String {
        let mark =
            switch state {
            case .playing: "▶"
            case .paused: "⏸"
            case .ended: "■"
            }
        let parts = [
            "\(mark) \(zone.seconds(time.milliseconds))", "event \(offset) of \(first)…\(last)", speed.text,
            PlaybackKey.help,
        ]
        return shortened(parts.joined(separator: "  "), to: width)
    }
}
