import JSONDocument

/// One entry of a 422 answer's list, in the form that the contract's section 1 shows.
package struct FieldError: Sendable, Equatable {
    /// Which rule was broken, such as `missing` or `string_type`.
    package let type: String
    /// The way to the field, without the leading `"body"`: names, and integers for list indexes.
    package let loc: [JSONValue]
    /// The sentence for people.
    package let msg: String
    /// What was sent there; for a missing field the object in which it is missing.
    package let input: JSONValue
    /// The facts behind the sentence, such as a limit; an object or nil.
    package let ctx: JSONValue?

    package init(type: String, loc: [JSONValue], msg: String, input: JSONValue, context: JSONValue? = nil) {
        self.type = type
        self.loc = loc
        self.msg = msg
        self.input = input
        self.ctx = context
    }

    /// A required field that is not there; `input` is the object that lacks it.
    package static func missing(_ loc: [JSONValue], input: JSONValue) -> FieldError {
        FieldError(type: "missing", loc: loc, msg: "Field required", input: input)
    }

    /// The entry of the answer's list.
    ///
    /// - Parameter place: `loc`'s first element: `body`, `query` or `path`.
    package func jsonValue(in place: String) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            (key: "type", value: .string(type)), (key: "loc", value: .array([.string(place)] + loc)),
            (key: "msg", value: .string(msg)), (key: "input", value: input),
        ]
        if let ctx { members.append((key: "ctx", value: ctx)) }
        return .object(members)
    }

    /// One line for an `error` line's message and for logs: the field and what is wrong with it.
    var summary: String {
        let path = loc.map { $0.stringValue ?? $0.numberText ?? "" }.joined(separator: ".")
        return path.isEmpty ? msg : "\(path): \(msg)"
    }
}
