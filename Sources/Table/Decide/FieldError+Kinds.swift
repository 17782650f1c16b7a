import JSONDocument

extension FieldError {
    /// The JSON types that fields are checked for.
    enum Expected: String {
        case string, list, dictionary, number, integer

        /// The contract's name of the rule.
        var type: String {
            switch self {
            case .string: "string_type"
            case .list: "list_type"
            case .dictionary: "dict_type"
            case .number: "float_type"
            case .integer: "int_type"
            }
        }
    }

    /// A list of more elements than it may have.
    static func tooLong(_ loc: [JSONValue], count: Int, max: Int) -> FieldError {
        FieldError(
            type: "too_long", loc: loc,
            msg: "List should have at most \(max) items after validation, not \(count)", input: .number(count),
            context: ["max_length": .number(max)])
    }

    /// A field of another JSON type.
    static func wrongType(_ expected: Expected, _ loc: [JSONValue], input: JSONValue) -> FieldError {
        FieldError(
            type: expected.type, loc: loc, msg: "Input should be a valid \(expected.rawValue)", input: input)
    }

    /// Something else where an object with declared fields is meant.
    static func notModel(_ loc: [JSONValue], input: JSONValue) -> FieldError {
        FieldError(
            type: "model_attributes_type", loc: loc,
            msg: "Input should be a valid dictionary or object to extract fields from", input: input)
    }

    static func below(_ bound: Int, _ loc: [JSONValue], input: JSONValue) -> FieldError {
        FieldError(
            type: "greater_than_equal", loc: loc, msg: "Input should be greater than or equal to \(bound)",
            input: input, context: ["ge": .number(bound)])
    }

    static func above(_ bound: Int, _ loc: [JSONValue], input: JSONValue) -> FieldError {
        FieldError(
            type: "less_than_equal", loc: loc, msg: "Input should be less than or equal to \(bound)", input: input,
            context: ["le": .number(bound)])
    }

    /// A word that is none of those expected, which are listed in the message.
    static func notOneOf(_ words: [String], _ loc: [JSONValue], input: JSONValue) -> FieldError {
        let quoted = words.map { "'\($0)'" }
        let list = quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
        return FieldError(
            type: "literal_error", loc: loc, msg: "Input should be \(list)", input: input,
            context: ["expected": .string(list)])
    }
}
