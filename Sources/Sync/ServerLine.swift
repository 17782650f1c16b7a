import JSONDocument

/// The lines of `spelltable.events.v1` that the server writes itself; events are sent as they stand in the journal.
///
/// Every function gives one line without its line feed. Where a chain digest is taken, the first 16 hex digits are
/// written, however many are given. sync-protocol.md, "Messages".
package enum ServerLine {
    /// Greets a client: always the first line, and what the client can expect after it.
    ///
    /// - Parameters:
    ///   - journal: The journal's uuid.
    ///   - offset: The newest committed offset, -1 where there is none.
    ///   - chain: The chain digest at `offset`.
    ///   - answer: Tail or document; a reason is written only with the document.
    package static func hello(journal: String, offset: Int64, chain: String, answer: ResumeAnswer) -> [UInt8] {
        var line = LineBuilder(type: "hello")
        line.member("journal", journal)
        line.member("offset", offset)
        line.member("chain", shortChain(chain))
        switch answer {
        case .resume:
            line.member("resumed", true)
        case .snapshot(let reason):
            line.member("resumed", false)
            line.member("reason", reason)
        }
        return line.finish()
    }

    /// The document at an offset, spliced in as the compact JSON text that it is.
    package static func snapshot(offset: Int64, digest: String, document: [UInt8]) -> [UInt8] {
        var line = self.snapshotBuilder(offset: offset, digest: digest, reserving: document.count)
        line.member("document", spliced: document)
        return line.finish()
    }

    /// The part of a `snapshot` line before the document's text, for a caller who doesn't want to copy that.
    ///
    /// The line is these bytes, the document, ``snapshotTail``.
    package static func snapshotHead(offset: Int64, digest: String) -> [UInt8] {
        var line = self.snapshotBuilder(offset: offset, digest: digest, reserving: 0)
        return line.head("document")
    }

    /// The part of a `snapshot` line after the document's text.
    package static let snapshotTail = [UInt8(ascii: "}")]

    private static func snapshotBuilder(offset: Int64, digest: String, reserving count: Int) -> LineBuilder {
        var line = LineBuilder(type: "snapshot", reserving: count)
        line.member("offset", offset)
        line.member("digest", digest)
        return line
    }

    /// All up to `offset` has been sent; what follows happens now.
    package static func live(offset: Int64, chain: String, digest: String) -> [UInt8] {
        var line = LineBuilder(type: "live")
        line.member("offset", offset)
        line.member("chain", shortChain(chain))
        line.member("digest", digest)
        return line.finish()
    }

    /// The client has fallen behind: what follows happened earlier, until the next `live`.
    ///
    /// - Parameter offset: The newest offset that has been sent to it.
    package static func behind(offset: Int64) -> [UInt8] {
        var line = LineBuilder(type: "behind")
        line.member("offset", offset)
        return line.finish()
    }

    /// A command is done and on disk.
    ///
    /// - Parameters:
    ///   - id: The command's id.
    ///   - offset: The newest event that the command made; where it changed nothing, the offset of the state that it
    ///     was decided on. A client that has applied all up to it sees the command's effect.
    ///   - answer: What the same change answers over REST besides its message (`{"id":…}` of a saved scene), written
    ///     as `answer` where it is an object with members.
    package static func ack(id: String, offset: Int64, answer: JSONValue? = nil) -> [UInt8] {
        var line = LineBuilder(type: "ack")
        line.member("id", id)
        line.member("offset", offset)
        if let answer, answer.isObject, answer.count > 0 { line.member("answer", answer) }
        return line.finish()
    }

    /// A line was refused.
    ///
    /// - Parameters:
    ///   - id: The refused command's id; `nil` where the line had none that can be read.
    ///   - code: What the client can act on, see ``LineErrorCode``.
    ///   - message: What was wrong, for people.
    ///   - details: What a program can act on besides: an object whose members are written behind the message.
    package static func error(
        id: String?, code: String, message: String, details: JSONValue = .object([])
    ) -> [UInt8] {
        var line = LineBuilder(type: "error")
        if let id { line.member("id", id) }
        line.member("code", code)
        line.member("message", message)
        for (key, value) in details.members ?? [] { line.member(key, value) }
        return line.finish()
    }

    /// A line was refused, with one of this server's codes.
    package static func error(id: String? = nil, _ code: LineErrorCode, _ message: String) -> [UInt8] {
        self.error(id: id, code: code.rawValue, message: message)
    }

    /// A relayed effect.
    ///
    /// - Parameter message: The contract's plain message as it went through the table's queue, spliced in as
    ///   `message`.
    package static func effect(message: [UInt8]) -> [UInt8] {
        var line = LineBuilder(type: "effect", reserving: message.count)
        line.member("message", spliced: message)
        return line.finish()
    }

    /// The answer to `ping`.
    ///
    /// - Parameters:
    ///   - offset: The newest offset that has been sent to this client.
    ///   - chain: The chain digest at `offset`.
    ///   - digest: The document's digest at `offset`; only where the client asked for it.
    package static func pong(offset: Int64, chain: String, digest: String? = nil) -> [UInt8] {
        var line = LineBuilder(type: "pong")
        line.member("offset", offset)
        line.member("chain", shortChain(chain))
        if let digest { line.member("digest", digest) }
        return line.finish()
    }
}
