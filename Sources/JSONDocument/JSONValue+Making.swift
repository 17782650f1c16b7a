extension JSONValue {
    /// The value `null`.
    package static let null = JSONValue(.null)

    /// A string of these characters.
    package static func string(_ characters: String) -> JSONValue { JSONValue(.string(JSONText(encoding: characters))) }

    /// One of `true` and `false`.
    package static func bool(_ value: Bool) -> JSONValue { JSONValue(value ? .true : .false) }

    /// An integer.
    package static func number(_ value: Int) -> JSONValue {
        var text = String(value)
        return JSONValue(.number(text.withUTF8 { JSONText(copying: $0.span) }))
    }

    /// A finite double, written as ECMAScript writes it.
    ///
    /// - Throws: ``JSONSyntaxError/Kind/numberOverflow`` for infinities and not-a-number.
    package static func number(_ value: Double) throws(JSONSyntaxError) -> JSONValue {
        guard value.isFinite else {
            throw JSONSyntaxError(kind: .numberOverflow, offset: 0, expected: "a finite number, not \(value)")
        }
        var text: [UInt8] = []
        JSONNumber.write(value, into: &text)
        return JSONValue(.number(JSONText(copying: text.span)))
    }

    /// A number with this text, which is kept.
    ///
    /// - Throws: Where the text is no JSON number, or overflows a double.
    package static func number(text: String) throws(JSONSyntaxError) -> JSONValue {
        let value = try parse(text: text)
        guard value.kind == .number else {
            throw JSONSyntaxError(kind: .syntax, offset: 0, expected: "a number")
        }
        return value
    }

    /// An array.
    package static func array(_ elements: [JSONValue]) -> JSONValue { JSONValue(.array(elements)) }

    /// An object with its members in this order; where a name comes twice, the last one counts, at the first's place.
    package static func object(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
        var object = JSONValue(.members([]))
        for (key, value) in members { object.setMember(key, to: value) }
        return object
    }
}

// Not by the nil literal: `isThere ? value : nil` would be a null in an optional and not nothing.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { (key: $0.0, value: $0.1) })
    }
}

extension JSONValue {
    /// Gives an object's member a value: in its place if it is there, else as the last one.
    ///
    /// Calling it on anything but an object is a mistake of the caller and does nothing in release builds.
    package mutating func setMember(_ key: String, to value: JSONValue) {
        assert(isObject, "setMember on \(kind)")
        _ = editObject(JSONText(encoding: key), .add(value))
    }

    /// Removes an object's member, if it is there.
    package mutating func removeMember(_ key: String) {
        _ = editObject(JSONText(encoding: key), .remove)
    }

    private mutating func editObject(_ key: JSONText, _ edit: JSONEdit) -> JSONEditOutcome? {
        guard isObject else { return nil }
        let bytes = key.bytes
        do throws(JSONEditFault) {
            return try editMember(bytes.span, edit)
        } catch {
            // A member that was to be removed is not there.
            return nil
        }
    }
}
