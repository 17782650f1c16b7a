import JSONDocument

/// What one text message of a plain client comes to: the wire contract's table, section 4, with the corrections of
/// section 7 (F14: a bad message is passed over, F15: a scene is an object, F16: strict JSON).
package enum PlainMessage: Equatable, Sendable {
    /// `scene_update`: the scene that the client has now. The table merges it (`JSONMerge`).
    case sceneUpdate(JSONValue)
    /// A blank or rotate message.
    ///
    /// `command` is the protocol's name of it (`viewer.blank`, …) and takes no data; `relay` is the message that the others
    /// are sent where the command changes nothing.
    case viewer(command: String, relay: [UInt8])
    /// `scene_event` of type `night_mode` with both of its members.
    ///
    /// `data` is the command `viewer.night-mode`'s: `{"enabled":…,"brightness":…}`; `relay` as for ``viewer(command:relay:)``.
    case nightMode(data: JSONValue, relay: [UInt8])
    /// An effect without state: the message that the others are sent, compact.
    case relay([UInt8])
    /// The client's own sign of life. There is no answer.
    case ping
    /// `request_scene_update`: may be answered with the present scene, to this client alone.
    case requestScene
    /// Nothing happens, the connection stays. The reason is for a debug log.
    case ignored(reason: String)

    /// Reads one text message; never fails, because a plain client is never refused.
    package static func parse(_ bytes: [UInt8]) -> PlainMessage {
        do {
            return PlainMessage(try JSONValue.parse(bytes))
        } catch {
            return .ignored(reason: "not JSON: \(error)")
        }
    }

    /// Reads one message that is JSON.
    init(_ message: JSONValue) {
        self =
            switch PlainReading.read(message) {
            case .scene(let scene): .sceneUpdate(scene)
            case .viewer("viewer.night-mode", let data, let relayed):
                .nightMode(data: data, relay: relayed.serialized())
            case .viewer(let command, _, let relayed): .viewer(command: command, relay: relayed.serialized())
            case .effect(let relayed): .relay(relayed.serialized())
            case .ping: .ping
            case .requestScene: .requestScene
            case .nothing(let reason): .ignored(reason: reason)
            }
    }
}
