import JSONDocument

extension FuzzTarget {
    static let json = FuzzTarget("json", "JSON text: parse, print, canonical form") { input in
        guard let value = JSONValue(fuzzed: input.bytes) else { return }
        try requireRoundTrip(of: value)
        let canonical = value.canonicalForm()
        let again = try parsed(canonical, "the canonical form")
        try require(again == value, "the canonical form is another value: \(value.text)")
        try require(again.canonicalForm() == canonical, "the canonical form isn't stable: \(value.text)")
        let turned = value.withMembersTurnedRound()
        try require(turned == value, "another order of members is another value: \(value.text)")
        try require(turned.canonicalForm() == canonical, "the canonical form shows the order: \(value.text)")
        try require(
            DocumentDigest.compute(turned) == DocumentDigest.compute(value), "the digest shows the order: \(value.text)"
        )
        try require(
            DocumentDigest().digest(of: value) == DocumentDigest.compute(value), "the kept digest is another one")
    }

    static let jsonIncremental = FuzzTarget("json-incremental", "versions of a JSON text, read by what differs") {
        input in
        let versions = input.allParts()
        guard let first = versions.first, var reader = IncrementalJSON(fuzzed: first) else { return }
        try requireSame(reader.value, JSONValue(fuzzed: first))
        var present = first
        for next in versions.dropFirst() {
            if reader.update(to: next) { present = next }
            try requireSame(reader.value, JSONValue(fuzzed: present))
        }
    }

    static let jsonPointer = FuzzTarget("json-pointer", "JSON Pointers: parse, print, look up") { input in
        let parts = input.texts(2)
        guard let pointer = try? JSONPointer(parts[0]) else { return }
        try require(pointer.text == parts[0], "a pointer is printed as another one: \(parts[0])")
        try require(JSONPointer(tokens: pointer.tokens) == pointer, "the tokens make another pointer: \(parts[0])")
        try require(pointer.appending("a").parent == pointer, "a pointer is not its child's parent: \(parts[0])")
        try require(pointer.isPrefix(of: pointer.appending("~/")), "a pointer doesn't begin its child: \(parts[0])")
        guard let value = JSONValue(fuzzed: Array(parts[1].utf8)) else { return }
        // The same way, step by step.
        let stepwise = pointer.tokens.reduce(JSONValue?.some(value)) { value, token in
            value?.value(at: JSONPointer(tokens: [token]))
        }
        try require(value.value(at: pointer) == stepwise, "a pointer leads elsewhere than its steps: \(parts[0])")
    }
}

/// Printing and parsing gives the same value, and the same text from then on.
func requireRoundTrip(of value: JSONValue) throws {
    let printed = value.serialized()
    try require(value.byteCount == printed.count, "\(value.byteCount) bytes announced for \(value.text)")
    let again = try parsed(printed, "printed")
    try require(again == value, "printed, the value is another one: \(value.text)")
    try require(again.serialized() == printed, "printed twice, the text is another one: \(value.text)")
}

private func requireSame(_ value: JSONValue, _ whole: JSONValue?) throws {
    guard let whole else { throw BrokenLaw(description: "read by parts, a text with a fault passes: \(value.text)") }
    try require(value == whole, "read by parts, the text is another value: \(value.text), not \(whole.text)")
    try require(value.text == whole.text, "read by parts, the text is printed otherwise: \(value.text)")
}

/// What our own code wrote must be readable.
func parsed(_ bytes: [UInt8], _ what: String) throws -> JSONValue {
    do {
        return try JSONValue.parse(bytes)
    } catch {
        throw BrokenLaw(description: "\(what), it can't be read: \(error): \(String(decoding: bytes, as: UTF8.self))")
    }
}

extension JSONValue {
    /// The value of a text from outside; nil where it is refused, as it may be.
    init?(fuzzed bytes: [UInt8]) {
        do {
            self = try JSONValue.parse(bytes)
        } catch {
            return nil
        }
    }

    /// The same value, each object's members from the last to the first.
    func withMembersTurnedRound() -> JSONValue {
        if let members { return .object(members.reversed().map { ($0.key, $0.value.withMembersTurnedRound()) }) }
        if let elements { return .array(elements.map { $0.withMembersTurnedRound() }) }
        return self
    }
}

extension IncrementalJSON {
    fileprivate init?(fuzzed bytes: [UInt8]) {
        do {
            guard let reader = try IncrementalJSON(bytes) else { return nil }
            self = reader
        } catch {
            return nil
        }
    }
}
