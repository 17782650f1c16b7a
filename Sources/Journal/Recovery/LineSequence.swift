/// What must hold from line to line: dense offsets, times that never go back, groups that are whole.
///
/// Pure: fed with lines, answers what is wrong.
struct LineSequence: Sendable, Equatable {
    /// The offset that the next line must have.
    private(set) var nextOffset: Int64

    /// The newest line's time; nil before the first.
    private(set) var newestTime: JournalTime?

    /// The group that the newest line is part of, as long as some of it is missing.
    private(set) var openGroup: EventGroup?

    init(nextOffset: Int64, newestTime: JournalTime? = nil) {
        self.nextOffset = nextOffset
        self.newestTime = newestTime
    }

    /// Takes the next line, given without its line feed.
    ///
    /// - Returns: What is wrong with it; nil if it is as it must be.
    mutating func accept(_ line: Span<UInt8>) -> String? {
        guard line.count <= EventLine.byteCountMax else { return "a line of \(line.count) bytes" }
        guard let layout = EventLayout.scan(line) else { return "a line that isn't an event" }
        guard layout.offset == self.nextOffset else {
            return "offset \(layout.offset) where \(self.nextOffset) must stand"
        }
        if let newestTime, layout.time < newestTime { return "time \(layout.time) after \(newestTime)" }
        if let reason = self.acceptGroup(layout.group) { return reason }
        self.newestTime = layout.time
        self.nextOffset += 1
        return nil
    }

    private mutating func acceptGroup(_ group: EventGroup?) -> String? {
        if let open = self.openGroup {
            guard group == open else { return "the group from \(open.first) is not whole" }
        } else if let group, group.first != self.nextOffset {
            return "a group that began at \(group.first) without its first event"
        }
        guard let group else { return nil }
        self.openGroup = self.nextOffset + 1 < group.first + group.count ? group : nil
        return nil
    }
}
