import JSONDocument

/// What is on the table, on the screens and in the air.
extension TableTelling {
    mutating func tellLive(_ live: Difference) -> Bool {
        let (old, new) = (live.old, live.new)
        switch (old.flatMap(Self.liveName), new.flatMap(Self.liveName)) {
        case (nil, let name?): say("live.put", "\(name) was put on the table", at: live.pointer, .came)
        case (let name?, nil): say("live.taken", "\(name) was taken off the table", at: live.pointer, .went)
        case (let before?, let after?):
            guard old?["id"] == new?["id"] else {
                say("live.put", "\(after) was put on the table instead of \(before)", at: live.pointer)
                return true
            }
            tellScene(live)
        case (nil, nil): return false
        }
        return true
    }

    private static func liveName(_ live: JSONValue) -> String? {
        guard live.isObject else { return nil }
        return quotedScene(live)
    }

    /// `scene "Crypt"`.
    static func quotedScene(_ scene: JSONValue) -> String {
        "scene \"\(PlaceLabel.name(of: scene) ?? PlaceIdentity.sceneID(of: scene) ?? "without a name")\""
    }

    // MARK: Screens

    mutating func tellViewer(_ viewer: Difference) -> Bool {
        members(
            viewer,
            [
                ("blank", { $0.tellFlag($1, "viewer", on: "blanked", off: "unblanked", "the viewers' screens were") }),
                (
                    "rotated",
                    { $0.tellFlag($1, "viewer", on: "rotated", off: "unrotated", "the viewers' screens were") }
                ),
                ("nightMode", { $0.tellNightMode($1) }),
            ])
        return true
    }

    /// `<subject> on` or `<subject> off` for a truth that turned.
    mutating func tellFlag(_ flag: Difference, _ noun: String, on: String, off: String, _ subject: String) -> Bool {
        guard let new = flag.new?.boolValue, flag.old?.boolValue == !new else { return false }
        say("\(noun).\(new ? on : off)", "\(subject) \(new ? on : off)", at: flag.pointer)
        return true
    }

    private mutating func tellNightMode(_ mode: Difference) -> Bool {
        members(
            mode,
            [
                ("enabled", { $0.tellFlag($1, "night-mode", on: "turned on", off: "turned off", "night mode was") }),
                ("brightness", { $0.tellNumber($1, "night-mode.changed", "the night's brightness changed") }),
            ])
        return true
    }

    /// `<sentence> 1 → 0.5` for a number.
    mutating func tellNumber(_ number: Difference, _ kind: String, _ sentence: String) -> Bool {
        guard let old = number.old?.doubleValue, let new = number.new?.doubleValue else { return false }
        say(kind, "\(sentence) \(ShownNumber.change(old, new))", at: number.pointer)
        return true
    }

    // MARK: Playback

    mutating func tellAudio(_ audio: Difference) -> Bool {
        members(audio, [("music", { $0.tellMusic($1) })])
        return true
    }

    private mutating func tellMusic(_ music: Difference) -> Bool {
        let sounds = (music.old?["sound"]?.stringValue, music.new?["sound"]?.stringValue)
        switch sounds {
        case (nil, let sound?): say("playback.started", "playback of \(sound) started", at: music.pointer, .came)
        case (let sound?, nil): say("playback.stopped", "playback of \(sound) stopped", at: music.pointer, .went)
        case (let before?, let after?): return tellSameMusic(music, before, after)
        case (nil, nil): return false
        }
        return true
    }

    private mutating func tellSameMusic(_ music: Difference, _ before: String, _ after: String) -> Bool {
        let isOn = music.new?["playing"]?.boolValue ?? false
        if before != after {
            say("playback.started", "playback of \(after) started instead of \(before)", at: music.pointer)
        } else if let was = music.old?["playing"]?.boolValue, was != isOn {
            let verb = isOn ? "went on" : "was paused"
            say("playback.\(isOn ? "resumed" : "paused")", "playback of \(after) \(verb)", at: music.pointer)
        } else if music.old?["position"] != music.new?["position"] {
            say("playback.moved", "playback of \(after) jumped to another place", at: music.pointer)
        }
        // Where it is, and since when, is what those sentences are about.
        let told: Teller = { telling, member in telling.changes.last?.pointer == music.pointer && member.new != nil }
        let names = ["sound", "position", "since"] + (before == after || isOn ? ["playing"] : [])
        let isTold = names.map { (name: $0, tell: told) }
        members(music, isTold + [("volume", { $0.tellNumber($1, "playback.volume-changed", "the volume changed") })])
        return true
    }
}
