import JSONDocument
import WallClock

extension Blame {
    /// {"place","pointer","at","parts":[{"pointer","through"?,"value"?,"others"?,"offset","time","type","actor"}]}.
    ///
    /// `offset` to `actor` are null for what is older than the journal; `through` ends a run of elements, which has no
    /// `value`; `others` counts further events behind a part that wasn't taken apart.
    package func json(depth: Int) -> JSONValue {
        [
            "place": .string(place.label), "pointer": .string(place.pointer.text), "at": .number(Int(offset)),
            "parts": .array(parts(depth: depth).map(json)),
        ]
    }

    private func json(_ part: BlamePart) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [("pointer", .string(part.pointer.text))]
        if let last = part.lastPointer { members.append(("through", .string(last.text))) }
        if let value = part.value { members.append(("value", value)) }
        if part.otherWriterCount > 0 { members.append(("others", .number(part.otherWriterCount))) }
        let stamp = part.writer.flatMap { writers[$0] }
        let unknown = ["offset", "time", "type", "actor"].map { (key: $0, value: JSONValue.null) }
        return .object(members + (stamp?.jsonMembers ?? unknown))
    }

    /// A line for each part: event, time, type, actor, which part, its value.
    ///
    /// - Parameters:
    ///   - isGrouped: See ``parts(depth:isGrouped:)``.
    ///   - width: Columns of the terminal, to which values are shortened; nil doesn't limit the line.
    package func text(depth: Int, isGrouped: Bool, _ paint: Paint, _ zone: LocalZone, width: Int?) -> String {
        var table = TextTable([.right, .left, .left, .left, .left, .left])
        let parts = parts(depth: depth, isGrouped: isGrouped)
        for part in parts {
            let older: [(text: String, role: Paint.Role?)] = [
                ("-", .dim), ("older than the journal", .dim), ("", nil), ("", nil),
            ]
            let event = part.writer.flatMap { writers[$0] }.map { $0.cells(zone) } ?? older
            let path = part.path.isEmpty ? place.label : part.path
            table.add(event + [(shortened(printable(path), to: 60), nil), (valueText(part, width), .dim)])
        }
        return table.text(paint)
    }

    private func valueText(_ part: BlamePart, _ width: Int?) -> String {
        let others = part.otherWriterCount > 0 ? "  (and \(Units.plural(part.otherWriterCount, "older event")))" : ""
        if !part.members.isEmpty { return shortened(printable(part.members.joined(separator: ", ")), to: width ?? 100) }
        guard let value = part.value else { return others }
        return shortened(printable(value.text), to: width.map { max(16, $0 / 4) } ?? 60) + others
    }
}
