import JSONDocument
import Journal
import Table
import WallClock

/// What stands in the way of a restore, undo or redo, for people.
package enum RefusalReport {
    /// The lines behind the message: each conflict with what the value was, became and is, and who changed it; each file
    /// that is gone.
    ///
    /// - Parameter details: As they come with the refusal, from a table or a server (sync-protocol.md, "Undo and redo").
    package static func lines(_ details: JSONValue) -> [String] {
        (details["conflicts"]?.elements ?? []).map(conflict) + (details["missingFiles"]?.elements ?? []).map(file)
    }

    private static func conflict(_ entry: JSONValue) -> String {
        let place = printable(entry["path"]?.stringValue ?? "?")
        return "\(place): was \(value("was", entry)), became \(value("became", entry)), "
            + "is \(value("now", entry)) now\(author(entry["by"]))"
    }

    private static func value(_ name: String, _ entry: JSONValue) -> String {
        if let value = entry[name] { return shortened(printable(value.text), to: 60) }
        let isLong = entry["long"]?.elements?.contains(.string(name)) ?? false
        return isLong ? "something longer" : "nothing"
    }

    private static func author(_ author: JSONValue?) -> String {
        guard let author, let offset = author["offset"]?.intValue else { return "" }
        let names = ["type", "actor"].compactMap { author[$0]?.stringValue }.map { printable($0) }
        let rest = names + [author["time"]?.stringValue.map(localTime)].compactMap(\.self)
        return "; changed by event \(offset) (\(rest.joined(separator: ", ")))"
    }

    private static func localTime(_ text: String) -> String {
        JournalTime(rfc3339: text).map { LocalZone.system.seconds($0.milliseconds) } ?? printable(text)
    }

    private static func file(_ entry: JSONValue) -> String {
        "\(printable(entry["path"]?.stringValue ?? "?")): blobs/sha256/…/\(printable(entry["blob"]?.stringValue ?? "?"))"
    }

    /// What a server's answer says is wrong: its sentence, or each field with what is wrong with it.
    static func detail(_ answer: JSONValue) -> String {
        guard let detail = answer["detail"] else { return "" }
        guard let fields = detail.elements, !fields.isEmpty else { return detail.stringValue ?? detail.text }
        return fields.map(field).joined(separator: "; ")
    }

    /// `paths.0: Value error, a JSON Pointer is expected`; where the field was sent goes without saying.
    private static func field(_ entry: JSONValue) -> String {
        guard let problem = entry["msg"]?.stringValue else { return entry.text }
        let way = (entry["loc"]?.elements ?? []).dropFirst().map { $0.stringValue ?? $0.text }
        return way.isEmpty ? problem : "\(way.joined(separator: ".")): \(problem)"
    }

    /// The message with the lines behind it.
    package static func text(_ message: String, _ details: JSONValue) -> String {
        ([printable(message)] + lines(details).map { "  " + $0 }).joined(separator: "\n")
    }
}

extension ReplayError {
    /// What a server's refusal means for the one who asked.
    ///
    /// - Parameters:
    ///   - answer: The body, with its `detail`.
    ///   - status: The HTTP status: 404 and 409 are answers, 422 is for what makes no sense as it was asked.
    package init(answer: JSONValue, status: Int) {
        let message = "the server refused (\(status)): \(RefusalReport.detail(answer))"
        let problem = RefusalReport.text(message, answer)
        switch status {
        case 404, 409: self = .no(problem)
        case 422: self = .usage(problem, hint: "")
        default: self = .unreadable(problem, hint: "")
        }
    }

    /// What a table's refusal means for the one who asked: that it can't be is an answer, all else a failure.
    package init(_ error: CommandError) {
        switch error.code {
        case .notFound, .conflict: self = .no(RefusalReport.text(error.message, error.details))
        case .validation, .invalid: self = .usage(error.message, hint: "")
        default: self = .unreadable("the table refused: \(error.message)", hint: "")
        }
    }
}
