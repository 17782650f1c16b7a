import JSONDocument
import Logging

extension LogLine {
    /// For programs: `{"time":…,"level":…,"label":…,"message":…,"metadata":{…}}` on one line; metadata's values are
    /// texts, lists and objects of texts.
    package static func json(
        _ event: LogEvent, label: String, metadata: Logger.Metadata, time: LogTime
    ) -> String {
        let object = JSONValue.object([
            (key: "time", value: .string(time.rfc3339)), (key: "level", value: .string(event.level.rawValue)),
            (key: "label", value: .string(label)), (key: "message", value: .string(event.message.description)),
            (key: "metadata", value: json(metadata)),
        ])
        return escapingControls(String(decoding: object.serialized(), as: UTF8.self)) + "\n"
    }

    private static func json(_ metadata: Logger.Metadata) -> JSONValue {
        .object(metadata.sorted { $0.key < $1.key }.map { (key: $0.key, value: json($0.value)) })
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map { json($0) })
        case .dictionary(let metadata): json(metadata)
        }
    }

    /// JSON escapes what is below U+0020; what else drives a terminal or ends a line for somebody is escaped here.
    ///
    /// Such characters stand in strings only, where `\u0085` means the same.
    private static func escapingControls(_ json: String) -> String {
        guard hasControl(json) else { return json }
        return json.unicodeScalars.reduce(into: "") { out, scalar in
            guard isControl(scalar) else { return out.unicodeScalars.append(scalar) }
            let digits = String(scalar.value, radix: 16)
            out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}
