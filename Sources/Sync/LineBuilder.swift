import JSONDocument

/// Writes one JSON object member by member, without building a value first.
///
/// The server's lines carry texts that are JSON already (documents, events, plain messages): they are spliced in as
/// bytes, because parsing and writing them again would cost more than all the rest.
struct LineBuilder {
    private var bytes: [UInt8]

    /// Begins an object with its `type`, which is one of our own words and needs no escaping.
    init(type: String, reserving byteCount: Int = 0) {
        self.bytes = []
        self.bytes.reserveCapacity(byteCount + 128)
        self.append(#"{"type":""#)
        self.append(type)
        self.append(#"""#)
    }

    /// Adds a string, escaped as JSON wants it.
    mutating func member(_ key: String, _ text: String) {
        self.begin(key)
        JSONValue.string(text).write(into: &self.bytes)
    }

    /// Adds a whole number.
    mutating func member(_ key: String, _ number: Int64) {
        self.begin(key)
        self.bytes.append(contentsOf: String(number).utf8)
    }

    /// Adds `true` or `false`.
    mutating func member(_ key: String, _ flag: Bool) {
        self.begin(key)
        self.append(flag ? "true" : "false")
    }

    /// Adds a value as its compact text.
    mutating func member(_ key: String, _ value: JSONValue) {
        self.begin(key)
        value.write(into: &self.bytes)
    }

    /// Adds a text that is JSON already, compact and without line feeds.
    mutating func member(_ key: String, spliced json: [UInt8]) {
        self.begin(key)
        self.bytes.append(contentsOf: json)
    }

    /// Begins a member whose value the caller sends after these bytes, and hands out what is there so far.
    mutating func head(_ key: String) -> [UInt8] {
        self.begin(key)
        return self.bytes
    }

    /// Ends the object, and begins with nothing again.
    ///
    /// The bytes are handed over, not copied: a scene or a snapshot may be among them.
    mutating func finish() -> [UInt8] {
        self.bytes.append(UInt8(ascii: "}"))
        defer { self.bytes = [] }
        return self.bytes
    }

    private mutating func begin(_ key: String) {
        self.append(#",""#)
        self.append(key)
        self.append(#"":"#)
    }

    private mutating func append(_ text: String) {
        self.bytes.append(contentsOf: text.utf8)
    }
}
