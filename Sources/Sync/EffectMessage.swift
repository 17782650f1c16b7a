import JSONDocument

/// What an event client's `effect` line asks to be relayed.
///
/// The contract's plain message stands under `message`:
/// `{"type":"effect","message":{"type":"highlight_marker","markerId":"m-1"}}`. Its fields may also stand next to
/// `"type":"effect"`, with the message's type under `effect`:
/// `{"type":"effect","effect":"highlight_marker","markerId":"m-1"}`. Servers send the first form only.
///
/// An effect leaves no state behind. What changes the table (a scene, blank, rotate, night mode) is a command and is
/// refused here with the command's name, so that it can't get past the journal.
package enum EffectMessage: Equatable, Sendable {
    /// The plain message, normalised.
    case message(JSONValue)
    /// Why nothing is relayed.
    case refused(reason: String)

    /// Reads an `effect` line, of which `type` has been looked at already.
    package static func parse(_ line: JSONValue) -> EffectMessage {
        guard let plain = Self.plainMessage(of: line) else {
            return .refused(reason: "an effect has a \"message\": an object with a string \"type\"")
        }
        switch PlainReading.read(plain) {
        case .effect(let message):
            return .message(message)
        case .scene:
            return .refused(reason: "a scene is changed by the command \"live.change\"")
        case .viewer(let command, _, _):
            return .refused(reason: "this changes the table: send the command \"\(command)\"")
        case .nothing(let reason):
            return .refused(reason: reason)
        case .ping, .requestScene:
            return .refused(reason: "not an effect: \"highlight_marker\" and \"scene_event\" are")
        }
    }

    private static func plainMessage(of line: JSONValue) -> JSONValue? {
        if let message = line["message"] { return message.isObject ? message : nil }
        guard let type = line["effect"], type.stringValue != nil, let members = line.members else { return nil }
        return .object([("type", type)] + members.filter { $0.key != "type" && $0.key != "effect" })
    }
}
