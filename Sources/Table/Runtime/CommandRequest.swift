import Crypto
import JSONDocument

/// One command on its way to the table, with everything that is known about who sent it and how.
package struct CommandRequest: Sendable {
    /// What is to be done; parsed and validated already.
    package var command: Command
    /// Who asks, as far as known (`dm@192.168.1.20`); stands in the event.
    package var actor: String
    /// The client's own name for this command (a UUID).
    ///
    /// Sent again with the same `id`, the command is answered with the first answer and done once. `nil`: no such promise.
    package var id: String?
    /// What tells another command under the same `id` from the same one sent twice: ``contentDigest(name:data:)``.
    ///
    /// `nil`: the `id` alone decides.
    package var contentDigest: String?
    /// Refuse the command (`conflict`) if anything that it addresses was changed by an event after this offset.
    package var ifOffset: Int64?
    /// The connection that it came from, so that the hub can leave its sender out; `nil` for REST.
    package var origin: ConnectionID?
    /// Makes the plain message to relay to the other clients if the command changes nothing (a second `blank_viewer`).
    ///
    /// Called by the writer, and only then: nearly all scenes change something, and writing one out costs more than
    /// deciding it.
    package var relayWhenUnchanged: (@Sendable () -> [UInt8])?

    package init(
        _ command: Command, actor: String, id: String? = nil, contentDigest: String? = nil, ifOffset: Int64? = nil,
        origin: ConnectionID? = nil, relayWhenUnchanged: (@Sendable () -> [UInt8])? = nil
    ) {
        self.command = command
        self.actor = actor
        self.id = id
        self.contentDigest = contentDigest
        self.ifOffset = ifOffset
        self.origin = origin
        self.relayWhenUnchanged = relayWhenUnchanged
    }

    /// What identifies a command's content: the first 16 hex digits of the SHA-256 over its name, a line feed and its data.
    ///
    /// Over the canonical form (RFC 8785), so that a client which sends the same members in another order sends the same
    /// command. Costs a pass over `data`; leave it out where no `id` is given.
    ///
    /// - Parameters:
    ///   - name: The command's name, `scene.save`, or what stands for it in REST (method and path).
    ///   - data: The command's data as the client sent it.
    package static func contentDigest(name: String, data: JSONValue) -> String {
        var hash = SHA256()
        hash.update(data: Array(name.utf8))
        hash.update(data: [UInt8(ascii: "\n")])
        hash.update(data: data.canonicalForm())
        return hexString(hash.finalize().prefix(8))
    }
}

/// The answer to a command that was accepted: what it did is on disk.
package struct CommandOutcome: Sendable, Equatable {
    /// The newest event that it made; `nil` if it changed nothing.
    package var offset: Int64?
    /// What REST answers besides: `{"id":…}`, `{"scenes_updated":…}`, `{"message":…}`; an object.
    package var answer: JSONValue
    /// Whether this is the first answer given once more, because the command's id was seen before.
    package var repeated: Bool
    /// Which of a live scene's bases its sender is taken to have had (``Decision/base``).
    package var base: Int?

    package init(offset: Int64?, answer: JSONValue, repeated: Bool = false, base: Int? = nil) {
        self.offset = offset
        self.answer = answer
        self.repeated = repeated
        self.base = base
    }
}
