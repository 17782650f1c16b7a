import JSONDocument
import Journal

/// What is playing: `/audio/music` of the document.
struct PlaybackState {
    /// The positions that are taken, in seconds: up to about eleven days, so that milliseconds never overflow.
    static let positions = 0...1_000_000

    /// The sound's path, `loop/…`.
    var sound: String
    var playing: Bool
    /// Seconds from the sound's start at the moment ``since``; a number that keeps its text.
    var position: JSONValue
    /// When it was started, moved or paused.
    var since: JournalTime
    /// From 0 to 1; a number that keeps its text.
    var volume: JSONValue

    init(sound: String, playing: Bool, position: JSONValue, since: JournalTime, volume: JSONValue) {
        self.sound = sound
        self.playing = playing
        self.position = position
        self.since = since
        self.volume = volume
    }

    /// Reads `/audio/music`; nil if nothing is on.
    init?(_ music: JSONValue, now: JournalTime) {
        guard let sound = music["sound"]?.stringValue else { return nil }
        self.sound = sound
        playing = music["playing"]?.boolValue ?? false
        position = music["position"] ?? 0
        since = music["since"]?.stringValue.flatMap { JournalTime(rfc3339: $0) } ?? now
        volume = music["volume"] ?? 1
    }

    var jsonValue: JSONValue {
        .object([
            (key: "sound", value: .string(sound)), (key: "playing", value: .bool(playing)),
            (key: "position", value: position), (key: "since", value: .string(since.rfc3339)),
            (key: "volume", value: volume),
        ])
    }

    /// Where it is at a moment: where it was, plus the time gone by if it plays.
    func position(at now: JournalTime) -> JSONValue {
        guard playing else { return position }
        let seconds = min(max(0, position.doubleValue ?? 0), Double(Self.positions.upperBound))
        let start = Int64(seconds * 1000 + 0.5)
        return Self.seconds(milliseconds: start + max(0, now.milliseconds - since.milliseconds))
    }

    /// A number of seconds with up to three decimals, none of them a trailing zero.
    static func seconds(milliseconds: Int64) -> JSONValue {
        let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        guard rest > 0 else { return .number(Int(whole)) }
        var decimals = String(1000 + rest).dropFirst()
        while decimals.last == "0" { decimals.removeLast() }
        do {
            return try .number(text: "\(whole).\(decimals)")
        } catch {
            preconditionFailure("digits around a point are a number: \(error)")
        }
    }
}
