import Logging
import WallClock

/// How one log event reads as a line of text.
package enum LogLine {
    /// For the console: time, level, message, facts; with colours only where somebody sees them.
    package static func console(_ event: LogEvent, metadata: Logger.Metadata, time: WallTime, colours: Bool) -> String {
        let level = padded(event.level)
        let facts = text(of: metadata.filter { $0.key != "hb.request.id" })
        let message = escaped(event.message.description)
        guard colours else { return "\(time.secondText) \(level) \(message)\(facts)\n" }
        return "\u{1B}[2m\(time.secondText)\u{1B}[0m \(colour(of: event.level))\(level)\u{1B}[0m \(message)"
            + (facts.isEmpty ? "\n" : "\u{1B}[2m\(facts)\u{1B}[0m\n")
    }

    /// For the log file: everything, with the date.
    package static func file(_ event: LogEvent, metadata: Logger.Metadata, time: WallTime) -> String {
        "\(time.text) \(padded(event.level)) \(escaped(event.message.description))\(text(of: metadata))\n"
    }

    /// A line is written for every command and every request: what stands before its facts is no work.
    private static func padded(_ level: Logger.Level) -> String {
        switch level {
        case .trace: "TRACE   "
        case .debug: "DEBUG   "
        case .info: "INFO    "
        case .notice: "NOTICE  "
        case .warning: "WARNING "
        case .error: "ERROR   "
        case .critical: "CRITICAL"
        }
    }

    private static func colour(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "\u{1B}[2m"
        case .info, .notice: "\u{1B}[32m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }

    private static func text(of metadata: Logger.Metadata) -> String {
        var text = ""
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            text += " \(key)=\(quoted(value.description))"
        }
        return text
    }

    private static func quoted(_ value: String) -> String {
        value.isEmpty || value.utf8.contains(UInt8(ascii: " ")) ? "\"\(escaped(value))\"" : escaped(value)
    }

    /// Control characters become escapes, so that nothing that a client sent can forge a line or drive a terminal.
    private static func escaped(_ text: String) -> String {
        guard hasControl(text) else { return text }
        return text.unicodeScalars.reduce(into: "") { out, scalar in
            if isControl(scalar) {
                out += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
    }

    /// Looks at bytes first: a control character begins with one of ASCII, or with C2 (from U+0080) or E2 (from U+2028).
    static func hasControl(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 }
            && text.unicodeScalars.contains(where: isControl)
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x202E).contains(scalar.value)
    }
}
