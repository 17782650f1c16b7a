import JSONDocument
import Journal

/// Events as the rows of a table: `offset,time,type,actor,command,paths,data` (RFC 4180: commas, CRLF, quotes doubled).
///
/// For people and their spreadsheets; who needs every byte takes the lines. `time` is RFC 3339 in UTC. `paths` is a JSON array
/// of the places that the event changed, each once; `data` is the event's JSON. Control characters are written as `\u001b`.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and names come from whoever sat at the table. So
/// such a text, also behind white space and in full width, gets an apostrophe before it (CWE-1236): a cell that begins with
/// one shows the rest as text. It belongs to the cell's content for every other program.
enum EventCSV {
    /// The first row.
    static let header = Array("offset,time,type,actor,command,paths,data\r\n".utf8)

    /// One event's row.
    static func row(_ event: LoggedEvent) throws(ReplayError) -> [UInt8] {
        let envelope = event.envelope
        let texts = [
            printable(envelope.type), printable(envelope.actor ?? ""), printable(envelope.command ?? ""),
            paths(try event.patch()).text, printable(String(decoding: event.line[envelope.data], as: UTF8.self)),
        ]
        let cells = [String(envelope.offset), envelope.time.rfc3339] + texts.map(cell)
        return Array((cells.joined(separator: ",") + "\r\n").utf8)
    }

    /// The places that a patch changes, in its order, each once.
    private static func paths(_ patch: JSONPatch) -> JSONValue {
        var seen: Set<String> = []
        var paths: [JSONValue] = []
        for path in patch.operations.flatMap(\.touched).map(\.text) where seen.insert(path).inserted {
            paths.append(.string(path))
        }
        return .array(paths)
    }

    /// A text as a cell: never a formula, and quoted where it has to be.
    static func cell(_ text: String) -> String {
        let safe = isFormula(text) ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { [",", "\"", "\r", "\n"].contains($0) }) else { return safe }
        var quoted = "\""
        for scalar in safe.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static let beginnings: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    private static func isFormula(_ text: String) -> Bool {
        let first = text.unicodeScalars.first { !$0.properties.isWhitespace }
        return first.map { beginnings.contains($0) } ?? false
    }
}
