import JSONDocument

/// What an event's `data` keeps of the command that made it, where that had an id: `request` and `answer`.
///
/// They make the command window complete after a restart: `request` (``CommandRequest/contentDigest``) tells another
/// command under the same id, `answer` is the first answer, which a repeated command is given again. An empty answer is
/// left out.
struct CommandRecord {
    private static let requestKey = "request"
    private static let answerKey = "answer"

    let request: String?
    let answer: JSONValue

    init(request: String?, answer: JSONValue) {
        self.request = request
        self.answer = answer
    }

    /// Reads an event's `data`, given as its bytes; data of another form says nothing.
    init(data: Span<UInt8>) {
        // The line was checked when it was written; data that isn't an object just holds no record.
        let json = try? JSONValue.parse(data)
        self.request = json?[Self.requestKey]?.stringValue
        self.answer = json?[Self.answerKey] ?? .object([])
    }

    /// Adds the members to an event's data.
    func write(into data: inout JSONValue) {
        guard data.isObject else { return }
        if let request { data.setMember(Self.requestKey, to: .string(request)) }
        if self.answer.count > 0 { data.setMember(Self.answerKey, to: self.answer) }
    }
}
