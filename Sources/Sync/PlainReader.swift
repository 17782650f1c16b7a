import JSONDocument

/// Reads the text messages of one plain client.
///
/// A client whose user drags sends its whole scene twenty times a second with a few bytes changed. From its second scene
/// on only those bytes are looked at, and the new scene shares the rest with the one before: the merge and the diff behind
/// it cost what changed, too.
package struct PlainReader: Sendable {
    private enum NewestScene {
        case none
        case message(IncrementalJSON)
        /// The client writes white space or roundabout escapes, so that its messages have to be read whole.
        case loose
    }

    /// Longer messages are read whole: the table of their values' positions would take more memory than one client
    /// should.
    private static let rememberedByteCountMax = 1 << 18

    private var newestScene = NewestScene.none

    /// A reader that has read nothing yet.
    package init() {}

    /// Reads one text message; never fails, because a plain client is never refused.
    ///
    /// - Parameter present: The scene on the table, which the client's will be compared with.
    package mutating func read(_ bytes: [UInt8], present: JSONValue? = nil) -> PlainMessage {
        if let next = nextVersion(bytes) { return PlainMessage(next) }
        let message = PlainMessage.parse(bytes)
        guard case .sceneUpdate = message, let scene = remember(bytes, present) else { return message }
        return PlainMessage(scene)
    }

    private mutating func nextVersion(_ bytes: [UInt8]) -> JSONValue? {
        guard case .message(var scene) = newestScene else { return nil }
        // Taken out, so that it is changed in place.
        newestScene = .none
        defer { newestScene = .message(scene) }
        guard scene.update(to: bytes) else { return nil }
        return scene.value
    }

    /// - Parameter bytes: A scene_update that could be read.
    /// - Returns: The message, so that the next version shares its parts.
    private mutating func remember(_ bytes: [UInt8], _ present: JSONValue?) -> JSONValue? {
        if case .loose = newestScene { return nil }
        newestScene = .none
        guard bytes.count <= Self.rememberedByteCountMax else { return nil }
        do throws(JSONSyntaxError) {
            guard var scene = try IncrementalJSON(bytes) else {
                newestScene = .loose
                return nil
            }
            // Else merge and diff would look at every byte of both scenes at each update to come.
            if let present { scene.share(partsOf: .object([("scene", present)])) }
            newestScene = .message(scene)
            return scene.value
        } catch {
            preconditionFailure("the message could be read a moment ago: \(error)")
        }
    }
}
