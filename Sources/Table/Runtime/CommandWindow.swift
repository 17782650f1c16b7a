import JSONDocument
import Journal

/// The commands done lately, by the id that their clients gave them: what makes a command idempotent.
///
/// Built from the events' `command` members while replaying and kept in snapshots, so it survives a restart. A command
/// that made no event isn't here: it is decided again.
package struct CommandWindow: Sendable {
    /// How much is kept (`sync-protocol.md`, "Commands").
    package struct Limits: Sendable {
        /// The newest this many are always kept.
        package var countMin: Int
        /// Older ones are kept for this long, in milliseconds.
        package var age: Int64
        /// More than this many are not kept, however young.
        package var countMax: Int

        package init(countMin: Int = 10_000, age: Int64 = 24 * 3600 * 1000, countMax: Int = 100_000) {
            self.countMin = max(1, countMin)
            self.age = age
            self.countMax = max(self.countMin, countMax)
        }
    }

    /// What is known of one command.
    package struct Entry: Sendable, Equatable {
        /// The newest event that it made.
        package var offset: Int64
        package var time: JournalTime
        /// ``CommandRequest/contentDigest``, if one was given.
        package var request: String?
        /// What its sender was answered besides the offset.
        package var answer: JSONValue

        package init(offset: Int64, time: JournalTime, request: String?, answer: JSONValue) {
            self.offset = offset
            self.time = time
            self.request = request
            self.answer = answer
        }

        /// The first answer once more, or the refusal if `digest` says that this is another command.
        func answer(again id: String, digest: String?) -> Result<CommandOutcome, CommandError> {
            if let request, let digest, request != digest { return .failure(.idReused(id)) }
            return .success(CommandOutcome(offset: self.offset, answer: self.answer, repeated: true))
        }
    }

    private let limits: Limits
    private var entries: [String: Entry] = [:]
    /// Ids in the order of their events, from `first` on.
    private var order: [String] = []
    private var first = 0

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    package var count: Int { self.entries.count }

    package subscript(_ id: String) -> Entry? { self.entries[id] }

    /// Notes a command as done; a later event of the same command (a group's) replaces what was noted.
    package mutating func record(_ id: String, _ entry: Entry) {
        if self.entries.updateValue(entry, forKey: id) == nil { self.order.append(id) }
        self.expire(now: entry.time)
    }

    private mutating func expire(now: JournalTime) {
        while self.entries.count > self.limits.countMin {
            let oldest = self.order[self.first]
            let isYoung = (self.entries[oldest]?.time.milliseconds ?? .min) > now.milliseconds - self.limits.age
            if isYoung, self.entries.count <= self.limits.countMax { break }
            self.entries[oldest] = nil
            self.first += 1
        }
        if self.first > 1024, self.first * 2 > self.order.count {
            self.order.removeFirst(self.first)
            self.first = 0
        }
    }
}

/// Kept in snapshots as `commands`: [{"id","offset","time","request"?,"answer"?}, …], oldest first.
extension CommandWindow {
    /// The snapshot's form.
    package var jsonValue: JSONValue {
        .array(self.order[self.first...].compactMap { id in self.entries[id].map { $0.jsonValue(id: id) } })
    }

    /// Reads the snapshot's form; `nil` if it is none.
    package init?(_ json: JSONValue, limits: Limits = Limits()) {
        guard let list = json.elements else { return nil }
        self.init(limits: limits)
        for item in list {
            guard let id = item["id"]?.stringValue, let entry = Entry(item) else { return nil }
            self.record(id, entry)
        }
    }
}

extension CommandWindow.Entry {
    fileprivate func jsonValue(id: String) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            (key: "id", value: .string(id)), (key: "offset", value: .number(Int(self.offset))),
            (key: "time", value: .number(Int(self.time.milliseconds))),
        ]
        if let request { members.append((key: "request", value: .string(request))) }
        if self.answer.count > 0 { members.append((key: "answer", value: self.answer)) }
        return .object(members)
    }

    fileprivate init?(_ json: JSONValue) {
        guard let offset = json["offset"]?.intValue, let time = json["time"]?.intValue else { return nil }
        self.init(
            offset: Int64(offset), time: JournalTime(milliseconds: Int64(time)),
            request: json["request"]?.stringValue, answer: json["answer"] ?? .object([]))
    }
}
