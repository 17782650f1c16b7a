import JSONDocument

extension Command {
    /// Reads `table.restore`, `table.undo` and `table.redo`.
    static func table(_ name: String, _ body: inout BodyReader) throws(CommandError) -> Command? {
        switch name {
        case "table.restore": return .restoreRequest(try restore(&body))
        case "table.undo": return .undoRequest(try undo(&body))
        case "table.redo": return .redoRequest(try undo(&body))
        default: return nil
        }
    }

    /// Reads `{"to","paths"?,"withoutMissingFiles"?,"dryRun"?,"ifChange"?}`.
    private static func restore(_ body: inout BodyReader) throws(CommandError) -> RestoreRequest {
        try body.requireObject()
        let paths = body.pointers("paths")
        body.refuseMembers(besides: ["to", "paths", "withoutMissingFiles", "dryRun", "ifChange"])
        let withoutMissingFiles = body.flag("withoutMissingFiles")
        let isDryRun = body.flag("dryRun")
        let ifChange = body.optionalString("ifChange")
        guard let to = body.data["to"] else {
            body.refuse(.missing(["to"], input: body.data))
            try body.finish()
            throw .missingBody
        }
        guard let text = to.stringValue ?? to.numberText, let target = RestoreTarget(text: text) else {
            throw CommandError(fields: [
                FieldError(
                    type: "value_error", loc: ["to"],
                    msg: "Value error, an offset or an RFC 3339 time is expected", input: to)
            ])
        }
        try body.finish()
        return RestoreRequest(
            to: target, paths: paths, withoutMissingFiles: withoutMissingFiles, isDryRun: isDryRun,
            ifChange: ifChange)
    }

    /// Reads `{"offset"?,"scope"?,"before"?,"dryRun"?,"ifChange"?}`, or nothing at all.
    private static func undo(_ body: inout BodyReader) throws(CommandError) -> UndoRequest {
        guard !body.data.isNull else { return UndoRequest() }
        try body.requireObject()
        body.refuseMembers(besides: ["offset", "scope", "before", "dryRun", "ifChange"])
        let offset = body.optionalOffset("offset")
        let before = body.optionalOffset("before")
        var scope = UndoRequest.Scope.actor
        if let value = body.data["scope"], !value.isNull {
            if let known = value.stringValue.flatMap(UndoRequest.Scope.init) {
                scope = known
            } else {
                body.refuse(.notOneOf(UndoRequest.Scope.allCases.map(\.rawValue), ["scope"], input: value))
            }
        }
        let isDryRun = body.flag("dryRun")
        let ifChange = body.optionalString("ifChange")
        try body.finish()
        return UndoRequest(offset: offset, scope: scope, before: before, isDryRun: isDryRun, ifChange: ifChange)
    }
}

extension BodyReader {
    /// Refuses what isn't known: a misspelt `offset` must not undo the newest step, nor misspelt `paths` restore everything.
    fileprivate mutating func refuseMembers(besides known: [String]) {
        for (name, value) in data.members ?? [] where !known.contains(name) {
            refuse(
                FieldError(
                    type: "extra_forbidden", loc: [.string(name)], msg: "Extra inputs are not permitted", input: value))
        }
    }

    /// A flag that is off where it is absent or null.
    fileprivate mutating func flag(_ name: String) -> Bool {
        data[name].map(\.isNull) == false && optionalBool(name) == true
    }

    /// An event's offset; nil where it is absent or null.
    fileprivate mutating func optionalOffset(_ name: String) -> Int64? {
        guard let value = data[name], !value.isNull else { return nil }
        if let number = value.intValue, number >= 0 { return Int64(number) }
        refuse(.wrongType(.integer, [.string(name)], input: value))
        return nil
    }

    /// A list of JSON Pointers (RFC 6901); none where it is absent or null.
    ///
    /// An empty list is refused: who names nothing must not get everything.
    fileprivate mutating func pointers(_ name: String) -> [JSONPointer] {
        guard let value = data[name], !value.isNull else { return [] }
        guard let elements = value.elements, !elements.isEmpty else {
            refuse(.wrongType(.list, [.string(name)], input: value))
            return []
        }
        guard elements.count <= RestoreRequest.pathCountMax else {
            refuse(.tooLong([.string(name)], count: elements.count, max: RestoreRequest.pathCountMax))
            return []
        }
        return elements.enumerated().compactMap { index, element in
            pointer(element, at: [.string(name), .number(index)])
        }
    }

    private mutating func pointer(_ value: JSONValue, at place: [JSONValue]) -> JSONPointer? {
        // Whatever else it is, it is no pointer.
        if let text = value.stringValue, let pointer = try? JSONPointer(text) { return pointer }
        refuse(
            FieldError(
                type: "value_error", loc: place, msg: "Value error, a JSON Pointer is expected", input: value))
        return nil
    }
}
