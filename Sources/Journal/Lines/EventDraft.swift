/// What a caller wants appended.
///
/// The journal adds offset, time, `clock` and `group`.
package struct EventDraft: Sendable, Equatable {
    /// `noun.verb-in-the-past`.
    package var type: String

    /// Who, as far as known.
    package var actor: String?

    /// The client's command id, if it sent one.
    package var command: String?

    /// What was meant: the text of one JSON value, compact, no line feed.
    package var data: [UInt8]

    /// What changed: the text of one JSON array of RFC 6902 operations, compact, no line feed.
    package var patch: [UInt8]

    package init(type: String, actor: String? = nil, command: String? = nil, data: [UInt8], patch: [UInt8]) {
        self.type = type
        self.actor = actor
        self.command = command
        self.data = data
        self.patch = patch
    }
}

/// An event's place in a change that is too large for one line.
package struct EventGroup: Sendable, Hashable {
    /// Offset of the group's first event.
    package let first: Int64

    /// How many events the group has, this one included.
    package let count: Int64

    package init(first: Int64, count: Int64) {
        self.first = first
        self.count = count
    }
}

/// The times that all lines of one commit get.
struct CommitStamp: Sendable, Equatable {
    /// Never before the newest event's.
    let time: JournalTime

    /// What the clock said, where it had gone back.
    let clock: JournalTime?

    /// The members `time` and `clock` as they stand in each line, made once.
    let members: [UInt8]

    /// Time never goes backwards: a clock that jumped back repeats the newest event's time.
    init(clock: JournalTime, newest: JournalTime?) {
        let hasGoneBack = newest.map { clock < $0 } ?? false
        self.time = hasGoneBack ? newest ?? clock : clock
        self.clock = hasGoneBack ? clock : nil
        var members = Array(#","time":""#.utf8)
        self.time.write(into: &members)
        if hasGoneBack {
            members += #"","clock":""#.utf8
            clock.write(into: &members)
        }
        self.members = members + [UInt8(ascii: "\"")]
    }
}
