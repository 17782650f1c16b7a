/// Why nothing is read from a client for now; TCP then makes it wait.
///
/// What a client causes and does not take must not pile up: whoever sends commands or nonsense and reads no answers is
/// not listened to any further until it has made room.
struct ReadingHolds: OptionSet {
    let rawValue: UInt8

    /// Too many of its commands are on their way through the table.
    static let commands = ReadingHolds(rawValue: 1)
    /// It was answered although its buffers are full.
    static let fullBuffers = ReadingHolds(rawValue: 2)
    /// Answers wait for the end of a message in fragments.
    static let queuedAnswers = ReadingHolds(rawValue: 4)
}
