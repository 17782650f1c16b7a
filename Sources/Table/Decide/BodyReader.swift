import JSONDocument

/// Reads the fields of a command's data and gathers what is wrong with all of them, as the contract's 422 lists it.
///
/// A method that finds a fault records it and returns a stand-in; ``finish()`` throws before the stand-in can be used.
struct BodyReader {
    /// The REST body or the command's `data`.
    let data: JSONValue
    /// What REST takes from the URL; it wins over members of the data.
    let parameters: [String: String]
    private var errors: [FieldError] = []

    init(_ data: JSONValue, parameters: [String: String] = [:]) {
        self.data = data
        self.parameters = parameters
    }

    /// What the contract calls a body that must be an object, since the error's type depends on it.
    enum ObjectKind {
        case model, dictionary
    }

    /// - Throws: The 422 for a body that is missing or isn't an object; no field is looked at then.
    func requireObject(_ kind: ObjectKind = .model) throws(CommandError) {
        guard !data.isNull else { throw .missingBody }
        guard !data.isObject else { return }
        switch kind {
        case .model: throw CommandError(fields: [.notModel([], input: data)])
        case .dictionary: throw CommandError(fields: [.wrongType(.dictionary, [], input: data)])
        }
    }

    /// - Throws: The 422 that lists everything recorded so far, if anything is.
    func finish() throws(CommandError) {
        guard errors.isEmpty else { throw CommandError(fields: errors) }
    }

    /// Records a fault that a caller found.
    mutating func refuse(_ error: FieldError) {
        errors.append(error)
    }

    // MARK: Fields

    /// The member by the first of its names that is there.
    func value(_ names: [String]) -> JSONValue? {
        for name in names {
            if let value = data[name] { return value }
        }
        return nil
    }

    /// A part of the URL, or the required string of that name in a command's data.
    mutating func parameter(_ names: String...) -> String {
        for name in names {
            if let value = parameters[name] { return value }
        }
        return requiredString(names)
    }

    mutating func requiredString(_ names: [String]) -> String {
        guard let value = value(names) else {
            refuse(.missing([.string(names[0])], input: data))
            return ""
        }
        return string(value, names[0])
    }

    mutating func requiredString(_ name: String) -> String { requiredString([name]) }

    /// A string that may be absent or null.
    mutating func optionalString(_ names: String...) -> String? {
        guard let value = value(names), !value.isNull else { return nil }
        return string(value, names[0])
    }

    private mutating func string(_ value: JSONValue, _ name: String) -> String {
        if let text = value.stringValue { return text }
        refuse(.wrongType(.string, [.string(name)], input: value))
        return ""
    }

    /// A boolean in any of the spellings that the contract takes; nil if absent.
    mutating func optionalBool(_ names: String...) -> Bool? {
        guard let value = value(names) else { return nil }
        switch LaxBoolean.parse(value) {
        case .success(let bool): return bool
        case .failure(let fault):
            refuse(fault.error([.string(names[0])], input: value))
            return nil
        }
    }

    /// A number, if need be between two bounds, with the text that it came with; nil if absent or null.
    mutating func optionalNumber(_ name: String, in range: ClosedRange<Int>? = nil) -> JSONValue? {
        guard let value = data[name], !value.isNull else { return nil }
        let loc: [JSONValue] = [.string(name)]
        guard let number = value.doubleValue else {
            refuse(.wrongType(.number, loc, input: value))
            return nil
        }
        if let range, number < Double(range.lowerBound) { refuse(.below(range.lowerBound, loc, input: value)) }
        if let range, number > Double(range.upperBound) { refuse(.above(range.upperBound, loc, input: value)) }
        return value
    }

    /// Checks that every member is a string, as the map routes' bodies require; those named may also be null.
    mutating func requireStrings(orNull nullable: Set<String> = []) {
        for (key, value) in data.members ?? [] where value.kind != .string {
            if value.isNull, nullable.contains(key) { continue }
            refuse(.wrongType(.string, [.string(key)], input: value))
        }
    }
}

/// The spellings of a boolean that the contract takes, in bodies and in queries.
package enum LaxBoolean {
    /// Why a value is no boolean; the answer's `type` depends on it.
    package enum Fault: Error {
        /// It is neither a boolean nor a number nor a string.
        case type
        /// It is a number or a string, but none of those that are understood.
        case parsing

        /// The entry of the 422 list.
        package func error(_ loc: [JSONValue], input: JSONValue) -> FieldError {
            let msg = "Input should be a valid boolean"
            return switch self {
            case .type: FieldError(type: "bool_type", loc: loc, msg: msg, input: input)
            case .parsing:
                FieldError(
                    type: "bool_parsing", loc: loc, msg: "\(msg), unable to interpret input", input: input)
            }
        }
    }

    /// Reads a query flag or a form field: true/false, 1/0, yes/no, on/off, t/f, y/n in any case.
    package static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on", "t", "y": true
        case "false", "0", "no", "off", "f", "n": false
        default: nil
        }
    }

    /// Reads a member of a JSON body: a boolean, the numbers 0 and 1, or one of those words.
    package static func parse(_ value: JSONValue) -> Result<Bool, Fault> {
        switch value.kind {
        case .bool: return value.boolValue.map(Result.success) ?? .failure(.type)
        case .number:
            guard let number = value.doubleValue, number == 0 || number == 1 else { return .failure(.parsing) }
            return .success(number == 1)
        case .string:
            return value.stringValue.flatMap { parse($0) }.map(Result.success) ?? .failure(.parsing)
        case .null, .array, .object: return .failure(.type)
        }
    }
}
