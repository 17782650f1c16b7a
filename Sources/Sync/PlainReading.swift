import JSONDocument

/// What the wire contract's table (section 4) makes of one object of a plain client.
///
/// The values are normalised: they hold what others receive and nothing else, in the contract's member order.
enum PlainReading: Equatable, Sendable {
    /// A whole scene.
    case scene(JSONValue)
    /// A message that changes the viewers' state: the command that it stands for, the command's data, and the message
    /// as others receive it.
    case viewer(command: String, data: JSONValue, relayed: JSONValue)
    /// An effect without state, as others receive it.
    case effect(JSONValue)
    case ping
    case requestScene
    /// Nobody receives anything, and why.
    case nothing(String)

    /// Reads one message.
    static func read(_ message: JSONValue) -> PlainReading {
        guard message.isObject else { return .nothing("not a JSON object") }
        guard let type = message["type"]?.stringValue else { return .nothing("no string \"type\"") }
        switch type {
        case "scene_update": return self.sceneUpdate(message)
        case "highlight_marker": return self.highlight(message)
        case "blank_viewer": return self.state("viewer.blank", type, "isBlank", true)
        case "unblank_viewer": return self.state("viewer.unblank", type, "isBlank", false)
        case "rotate_viewer": return self.state("viewer.rotate", type, "isRotated", true)
        case "unrotate_viewer": return self.state("viewer.unrotate", type, "isRotated", false)
        case "scene_event": return self.sceneEvent(message)
        case "ping": return .ping
        case "request_scene_update": return .requestScene
        default: return .nothing("a message of type \"\(type.prefix(64))\" is relayed to nobody")
        }
    }

    private static func sceneUpdate(_ message: JSONValue) -> PlainReading {
        guard let scene = message["scene"], scene.isObject else {
            return .nothing("a scene_update's \"scene\" is an object")
        }
        // It will be compared with what the client had, with the present and later as a base itself, element by element.
        return .scene(scene.expanded(levels: 2))
    }

    private static func highlight(_ message: JSONValue) -> PlainReading {
        guard let marker = message["markerId"], self.isTruthy(marker) else {
            return .nothing("a highlight_marker has a \"markerId\"")
        }
        return .effect(.object([("type", "highlight_marker"), ("markerId", marker)]))
    }

    /// The flag is fixed by the type, whatever was sent.
    private static func state(_ command: String, _ type: String, _ flag: String, _ value: Bool) -> PlainReading {
        .viewer(command: command, data: .object([]), relayed: .object([("type", .string(type)), (flag, .bool(value))]))
    }

    private static func sceneEvent(_ message: JSONValue) -> PlainReading {
        guard let eventType = message["eventType"], self.isTruthy(eventType) else {
            return .nothing("a scene_event has an \"eventType\"")
        }
        let fields = self.sceneEventFields.compactMap { key in message[key].map { (key: key, value: $0) } }
        let relayed = JSONValue.object([("type", "scene_event"), ("eventType", eventType)] + fields)
        if eventType.stringValue == "night_mode", self.isNightMode(fields) {
            return .viewer(command: "viewer.night-mode", data: .object(fields), relayed: relayed)
        }
        return .effect(relayed)
    }

    /// The members of a scene_event that are relayed where present, null included.
    private static let sceneEventFields = ["x", "y", "enabled", "brightness", "points"]

    /// Whether the fields are exactly a night mode that the document can hold.
    ///
    /// Anything else that calls itself so (no brightness, a null, a point) has to reach the others as it came, which a
    /// message made from the document wouldn't: it stays an effect.
    private static func isNightMode(_ fields: [(key: String, value: JSONValue)]) -> Bool {
        fields.map(\.key) == ["enabled", "brightness"] && fields[0].value.kind == .bool
            && fields[1].value.kind == .number
    }

    /// Truth as the old server's language has it: absent, null, false, 0, and anything empty is not.
    private static func isTruthy(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .null: false
        case .bool: value.boolValue == true
        case .number: value.doubleValue != 0
        case .string: value.stringValue?.isEmpty == false
        case .array, .object: value.count > 0
        }
    }
}
