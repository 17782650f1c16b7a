import JSONDocument

/// The messages that plain clients are sent, each one text message.
///
/// The wire contract, section 4.
package enum PlainLine {
    /// The first message on every connection.
    package static let connectionStatus = [UInt8](#"{"type":"connection_status","status":"connected"}"#.utf8)

    /// The live scene, spliced in as the compact JSON text that it is.
    package static func sceneUpdate(_ scene: [UInt8]) -> [UInt8] {
        var line = LineBuilder(type: "scene_update", reserving: scene.count)
        line.member("scene", spliced: scene)
        return line.finish()
    }

    /// The viewers' screens go blank, or come back.
    package static func blank(_ isBlank: Bool) -> [UInt8] {
        var line = LineBuilder(type: isBlank ? "blank_viewer" : "unblank_viewer")
        line.member("isBlank", isBlank)
        return line.finish()
    }

    /// The viewers' screens are turned by half, or back.
    package static func rotated(_ isRotated: Bool) -> [UInt8] {
        var line = LineBuilder(type: isRotated ? "rotate_viewer" : "unrotate_viewer")
        line.member("isRotated", isRotated)
        return line.finish()
    }

    /// Night mode as the contract's scene_event.
    ///
    /// - Parameter nightMode: The document's `/viewer/nightMode`; numbers keep the text that they came with.
    package static func nightMode(_ nightMode: JSONValue) -> [UInt8] {
        var line = LineBuilder(type: "scene_event")
        line.member("eventType", "night_mode")
        for key in ["enabled", "brightness"] {
            if let value = nightMode[key] { line.member(key, value) }
        }
        return line.finish()
    }

    /// What is playing.
    ///
    /// The old client passes it over (sync-protocol.md, "Commands").
    ///
    /// - Parameter music: The document's `/audio/music`: an object, or null where nothing plays.
    package static func audioControl(music: JSONValue) -> [UInt8] {
        var line = LineBuilder(type: "audio_control")
        line.member("music", music)
        return line.finish()
    }
}
