import JSONDocument

/// Puts committed changes of the table's state into the plain protocol's words.
///
/// Plain clients know blank, rotate and night mode as messages, not as state; so an event is told as the message that a
/// plain client would have sent for it. The live scene is not translated here: it is sent whole, and only the newest
/// (``PlainLine/sceneUpdate(_:)``).
package enum PlainTranslation {
    /// The messages that say what an event changed, in order; none where plain clients have no word for it.
    ///
    /// - Parameters:
    ///   - eventType: The event's type. The five `viewer.…` types say by themselves which message it is.
    ///   - viewer: `/viewer` after the event, where the event changed it.
    ///   - previousViewer: `/viewer` before the event; for an event of another type (a restore, an undo) only what differs
    ///     from it is told. `nil` where it isn't known: then all of it is, which is true and does no harm.
    ///   - audio: `/audio` after the event, where the event changed it.
    package static func lines(
        eventType: String, viewer: JSONValue?, previousViewer: JSONValue? = nil, audio: JSONValue? = nil
    ) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        if let viewer { lines += self.viewerLines(eventType: eventType, viewer: viewer, previous: previousViewer) }
        if let audio { lines.append(PlainLine.audioControl(music: audio["music"] ?? .null)) }
        return lines
    }

    private static func viewerLines(eventType: String, viewer: JSONValue, previous: JSONValue?) -> [[UInt8]] {
        switch eventType {
        case "viewer.blanked": [PlainLine.blank(true)]
        case "viewer.unblanked": [PlainLine.blank(false)]
        case "viewer.rotated": [PlainLine.rotated(true)]
        case "viewer.unrotated": [PlainLine.rotated(false)]
        case "viewer.night-mode-changed": [PlainLine.nightMode(viewer["nightMode"] ?? .object([]))]
        default: self.differences(from: previous, to: viewer)
        }
    }

    private static func differences(from previous: JSONValue?, to viewer: JSONValue) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        if let isBlank = viewer["blank"]?.boolValue, previous?["blank"]?.boolValue != isBlank {
            lines.append(PlainLine.blank(isBlank))
        }
        if let isRotated = viewer["rotated"]?.boolValue, previous?["rotated"]?.boolValue != isRotated {
            lines.append(PlainLine.rotated(isRotated))
        }
        if let nightMode = viewer["nightMode"], previous?["nightMode"] != nightMode {
            lines.append(PlainLine.nightMode(nightMode))
        }
        return lines
    }
}
