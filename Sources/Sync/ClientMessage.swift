/// One text message of an event client, cut into its lines.
///
/// A message is one or more lines separated by line feeds (sync-protocol.md, "Messages"); empty ones between and
/// after them hold nothing and are passed over. A message may be 16 MiB of line feeds and rubbish, and each bad line
/// is answered, so only the first ``lineCountMax`` lines are read: what is left is reported, never dropped silently.
package struct ClientMessage: Equatable, Sendable {
    /// How many lines of one message are read.
    package static let lineCountMax = 1_024

    /// The lines to parse, in order, without their line feeds.
    package let lines: [ArraySlice<UInt8>]
    /// Whether more lines came than ``lineCountMax``; they were not read.
    package let isCut: Bool

    /// Cuts `bytes` at every line feed.
    package init(_ bytes: [UInt8]) {
        let lineFeed = UInt8(ascii: "\n")
        let parts = bytes.split(separator: lineFeed, maxSplits: Self.lineCountMax, omittingEmptySubsequences: true)
        // With maxSplits the last part is all the rest, line feeds at its front and end included.
        let rest = parts.count > Self.lineCountMax ? parts[Self.lineCountMax] : []
        self.isCut = rest.contains { $0 != lineFeed }
        self.lines = Array(parts.prefix(Self.lineCountMax))
    }

    /// Every line of `bytes` parsed, with one error for the whole unread rest; an empty message is one bad line.
    package static func parse(_ bytes: [UInt8]) -> [ClientLine] {
        let message = ClientMessage(bytes)
        guard !message.lines.isEmpty else { return [ClientLine.parse([])] }
        var lines = message.lines.map { line in
            // Nearly every message is one line: then its bytes are the line, and nothing is copied.
            line.count == bytes.count ? ClientLine.parse(bytes) : ClientLine.parse(Array(line))
        }
        if message.isCut { lines.append(Self.cutError) }
        return lines
    }

    private static let cutError = ClientLine.refused(
        .tooManyLines, "at most \(lineCountMax) lines in a message; the rest of this one was not read")
}
