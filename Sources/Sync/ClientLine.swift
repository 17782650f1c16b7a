import JSONDocument

/// One line of an event client, checked.
///
/// Strict: a line that isn't exactly a message of the protocol is ``invalid(code:message:id:)`` and gets an `error` line;
/// nothing is dropped silently and nothing is guessed. Members that the protocol doesn't name are passed over.
package enum ClientLine: Equatable, Sendable {
    /// A change that the client wants.
    ///
    /// `id` is 1 to 128 bytes without control characters (a UUID, usually), `data` an object (an empty one where the
    /// line has none), `ifOffset` at least -1. Whether there is such a command is the table's to say.
    case command(id: String, name: String, data: JSONValue, ifOffset: Int64?)
    /// An effect without state, as the contract's plain message that everybody else is sent, normalised: only the
    /// members that the contract relays. See ``EffectMessage``.
    case effect(JSONValue)
    /// A question for the client's position, with the document's digest where asked for.
    case ping(digest: Bool)
    /// A line that can't be acted on, with what its `error` line says.
    case invalid(code: String, message: String, id: String?)

    /// Parses one line.
    package static func parse(_ bytes: [UInt8]) -> ClientLine {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes)
        } catch {
            return .refused(.syntax, "not JSON: \(error)")
        }
        guard value.isObject else { return .refused(.invalid, "a message is a JSON object") }
        let id = value["id"]?.stringValue.flatMap { Self.isIdentifier($0) ? $0 : nil }
        guard let type = value["type"]?.stringValue else {
            return .refused(.invalid, "a message has a string \"type\"", id: id)
        }
        switch type {
        case "command": return Self.command(value, id: id)
        case "effect": return Self.effect(value, id: id)
        case "ping": return Self.ping(value, id: id)
        default: return .refused(.unknownType, Self.unknownTypeText(type), id: id)
        }
    }

    static func refused(_ code: LineErrorCode, _ message: String, id: String? = nil) -> ClientLine {
        .invalid(code: code.rawValue, message: message, id: id)
    }

    private static func command(_ line: JSONValue, id: String?) -> ClientLine {
        guard let id else {
            return .refused(.invalid, "a command has an \"id\": a string of 1 to \(Self.identifierByteCountMax) bytes")
        }
        guard let name = line["name"]?.stringValue, !name.isEmpty else {
            return .refused(.invalid, "a command has a \"name\"", id: id)
        }
        let given = line["data"] ?? .null
        let data = given.isNull ? JSONValue.object([]) : given
        guard data.isObject else { return .refused(.invalid, "a command's \"data\" is an object", id: id) }
        guard let condition = line["ifOffset"], !condition.isNull else {
            return .command(id: id, name: name, data: data, ifOffset: nil)
        }
        guard let offset = condition.intValue, offset >= -1 else {
            return .refused(.invalid, "a command's \"ifOffset\" is an offset: a whole number from -1", id: id)
        }
        return .command(id: id, name: name, data: data, ifOffset: Int64(offset))
    }

    private static func effect(_ line: JSONValue, id: String?) -> ClientLine {
        switch EffectMessage.parse(line) {
        case .message(let message): .effect(message)
        case .refused(let reason): .refused(.invalid, reason, id: id)
        }
    }

    private static func ping(_ line: JSONValue, id: String?) -> ClientLine {
        guard let given = line["digest"], !given.isNull else { return .ping(digest: false) }
        guard let digest = given.boolValue else {
            return .refused(.invalid, "a ping's \"digest\" is true or false", id: id)
        }
        return .ping(digest: digest)
    }

    /// How long a command's id may be: it is kept for a day, with thousands of others.
    static let identifierByteCountMax = 128

    private static func isIdentifier(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...Self.identifierByteCountMax).contains(bytes.count) && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func unknownTypeText(_ type: String) -> String {
        type.contains(".")
            ? "events are made by the server; send a command"
            : "a client sends \"command\", \"effect\" or \"ping\""
    }
}
