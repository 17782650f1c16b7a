import JSONDocument
import Journal
import Table
import WallClock

/// What somebody who watches wants of the player.
package enum PlaybackRequest: Sendable, Equatable {
    case pause(Bool)
    /// Pause or go on; at the end, begin anew.
    case togglePause
    case speed(PlaybackSpeed)
    case faster
    case slower
    /// Stand after this event.
    case offset(Int64)
    /// Stand at this time.
    case time(JournalTime)
    /// Go so many milliseconds of the recording, forwards or backwards.
    case step(Int64)
    /// Go so many events.
    case events(Int64)
}

extension PlaybackRequest {
    /// Reads the body of `POST /play`: any of `paused`, `speed`, and one of `offset` and `time`.
    ///
    /// - Parameters:
    ///   - now: What times of day without a date are counted from.
    ///   - zone: The zone of times that name none.
    /// - Returns: What is wanted, in the order in which it is to be done.
    /// - Throws: A `CommandError` of kind validation that names the members that are wrong.
    package static func parse(
        _ body: JSONValue, now: JournalTime, zone: LocalZone
    ) throws(CommandError) -> [PlaybackRequest] {
        guard let members = body.members else {
            throw CommandError(fields: [
                FieldError(type: "dict_type", loc: [], msg: "Input should be an object", input: body)
            ])
        }
        var found: [String: PlaybackRequest] = [:]
        var errors: [FieldError] = []
        for member in members {
            do throws(FieldFault) {
                found[member.key] = try read(member.key, member.value, now: now, zone: zone)
            } catch {
                errors.append(
                    FieldError(type: error.type, loc: [.string(member.key)], msg: error.text, input: member.value))
            }
        }
        if found["offset"] != nil, let time = found["time"].map({ _ in body["time"] ?? .null }) {
            errors.append(
                FieldError(
                    type: "value_error", loc: ["time"], msg: "Value error, give offset or time, not both", input: time))
        }
        guard errors.isEmpty else { throw CommandError(fields: errors) }
        return ["offset", "time", "speed", "paused"].compactMap { found[$0] }
    }

    /// What is wrong with a member.
    private struct FieldFault: Error {
        let type: String
        let text: String

        static func value(_ text: String) -> FieldFault {
            FieldFault(type: "value_error", text: "Value error, \(text)")
        }
    }

    private static func read(
        _ name: String, _ value: JSONValue, now: JournalTime, zone: LocalZone
    ) throws(FieldFault) -> PlaybackRequest {
        switch name {
        case "paused":
            guard let isPaused = value.boolValue else {
                throw FieldFault(type: "bool_type", text: "Input should be a valid boolean")
            }
            return .pause(isPaused)
        case "speed": return .speed(try speed(value))
        case "offset":
            guard let offset = value.intValue else {
                throw FieldFault(type: "int_type", text: "Input should be a valid integer")
            }
            return .offset(Int64(offset))
        case "time": return .time(try time(value, now: now, zone: zone))
        default: throw .value("no such member; there are paused, speed, offset and time")
        }
    }

    private static func speed(_ value: JSONValue) throws(FieldFault) -> PlaybackSpeed {
        do throws(ReplayError) {
            return try PlaybackSpeed.parse(value.stringValue ?? value.numberText ?? value.text)
        } catch {
            throw .value("a number from 0.01 to 10000 or \"max\" is expected")
        }
    }

    private static func time(
        _ value: JSONValue, now: JournalTime, zone: LocalZone
    ) throws(FieldFault) -> JournalTime {
        // Whatever else it is, it is no time.
        guard let text = value.stringValue, case .time(let time)? = try? Moment.parse(text, now: now, zone: zone) else {
            throw .value("a time is expected, such as 2026-11-20T21:30:00Z")
        }
        return time
    }
}
