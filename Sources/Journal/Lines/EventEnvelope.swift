/// What a line says about its event, and where in it `data` and `patch` stand.
///
/// Applying `patch` is the whole of replay; an event of unknown type replays all the same.
package struct EventEnvelope: Sendable, Equatable {
    /// The event's offset, dense from 0.
    package let offset: Int64

    /// When it happened; never before the event before it.
    package let time: JournalTime

    /// `noun.verb-in-the-past`.
    package let type: String

    /// Who, as far as known.
    package let actor: String?

    /// The client's command id, if it sent one.
    package let command: String?

    /// The group that the event is part of, if the change was too large for a line.
    package let group: EventGroup?

    /// Bytes of the line that hold `data`.
    package let data: Range<Int>

    /// Bytes of the line that hold `patch`.
    package let patch: Range<Int>

    /// Reads one line, given without its line feed, in one pass.
    ///
    /// - Throws: ``JournalError/invalidDraft(reason:)`` if it isn't a line. Where the line comes from a file, ``JournalCursor``
    ///   has found that out before, with the file's name.
    package static func parse(_ line: Span<UInt8>) throws(JournalError) -> EventEnvelope {
        EventEnvelope(try EventLayout.parse(line), line)
    }

    /// The same for a whole array.
    package static func parse(_ line: [UInt8]) throws(JournalError) -> EventEnvelope {
        try self.parse(line.span)
    }

    /// The same for a part of an array.
    ///
    /// The ranges count from the part's first byte.
    package static func parse(_ line: ArraySlice<UInt8>) throws(JournalError) -> EventEnvelope {
        try self.parse(line.span)
    }

    /// What the texts are at the places of a layout.
    ///
    /// - Parameter line: The line that the layout was read from.
    package init(_ layout: EventLayout, _ line: Span<UInt8>) {
        self.offset = layout.offset
        self.time = layout.time
        self.type = jsonText(line, layout.type)
        self.actor = layout.actor.map { jsonText(line, $0) }
        self.command = layout.command.map { jsonText(line, $0) }
        self.group = layout.group
        self.data = layout.data
        self.patch = layout.patch
    }
}
