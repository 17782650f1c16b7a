import JSONDocument

extension Deciding {
    /// Adds a sound, or replaces the one at its path if its content differs.
    func soundAdd(_ path: String, _ blob: BlobReference) throws(CommandError) -> Decision {
        try checkSoundPath(path)
        return Decision(
            "sound.added", patch: JSONPatch(put(blob.entry, at: path, in: .sounds)),
            answer: ["message": "Sound added successfully", "path": .string(path)])
    }

    /// Moves or renames a sound; what plays follows.
    func soundMove(_ path: String, to newPath: String) throws(CommandError) -> Decision {
        _ = try sound(path)
        let answer: JSONValue = ["message": "Sound moved successfully", "path": .string(newPath)]
        guard newPath != path else { return Decision(events: [], answer: answer) }
        try checkSoundPath(newPath, movedFrom: path)
        guard document.entry(.sounds, newPath) == nil else {
            throw .fileExists(ContentPath.lastComponent(of: newPath))
        }
        var operations: [JSONPatchOperation] = [.move(from: .to(.sounds, path), to: .to(.sounds, newPath))]
        if music?.sound == path { operations.append(.replace(.to(.audio, "music", "sound"), .string(newPath))) }
        return Decision("sound.moved", patch: JSONPatch(operations), answer: answer)
    }

    /// Removes a sound; if it plays, that stops.
    func soundRemove(_ path: String) throws(CommandError) -> Decision {
        _ = try sound(path)
        var operations: [JSONPatchOperation] = [.remove(.to(.sounds, path))]
        if music?.sound == path { operations.append(.replace(.to(.audio, "music"), .null)) }
        return Decision(
            "sound.removed", patch: JSONPatch(operations), answer: .message("Sound removed successfully"))
    }

    /// Plays a sound from a position, or goes on with the one that is on.
    func audioPlay(_ name: String?, position: JSONValue?, volume: JSONValue?) throws(CommandError) -> Decision {
        guard let path = name ?? music?.sound else {
            throw CommandError(.invalid, "Nothing is playing, so a sound must be named")
        }
        _ = try sound(path)
        var state: PlaybackState
        if let music, music.sound == path {
            state = music
        } else {
            state = PlaybackState(
                sound: path, playing: false, position: 0, since: context.now, volume: music?.volume ?? 1)
        }
        if !state.playing || position != nil {
            state.position = position ?? state.position
            state.since = context.now
            state.playing = true
        }
        state.volume = volume ?? state.volume
        return playback("audio.played", state)
    }

    func audioPause(_ position: JSONValue?) -> Decision {
        guard var state = music, state.playing else {
            return Decision(events: [], answer: AudioViews.playback(document))
        }
        state.position = position ?? state.position(at: context.now)
        state.since = context.now
        state.playing = false
        return playback("audio.paused", state)
    }

    func audioStop() -> Decision {
        playback("audio.stopped", nil)
    }

    func audioVolume(_ volume: JSONValue) throws(CommandError) -> Decision {
        guard var state = music else { throw CommandError(.invalid, "Nothing is playing") }
        state.volume = volume
        return playback("audio.volume-changed", state)
    }

    // MARK: Shared parts

    private var music: PlaybackState? {
        document.entry(.audio, "music").flatMap { PlaybackState($0, now: context.now) }
    }

    private func playback(_ type: String, _ state: PlaybackState?) -> Decision {
        let (present, music) = (document.entry(.audio, "music") ?? .null, state?.jsonValue ?? .null)
        let patch = JSONDiff.patch(from: present, to: music, at: .to(.audio, "music"))
        return Decision(type, patch: patch, answer: .object([(key: "music", value: music)]))
    }

    private func sound(_ path: String) throws(CommandError) -> JSONValue {
        guard let (_, rest) = SoundPath.split(path) else { throw SoundPath.invalidCategory }
        guard let entry = document.entry(.sounds, path) else {
            throw CommandError(.notFound, "Audio file not found: \(rest)")
        }
        return entry
    }

    /// Refuses a path that breaks the rules or can't be a file next to those that are there.
    func checkSoundPath(_ path: String, movedFrom moved: String? = nil) throws(CommandError) {
        guard SoundPath.split(path) != nil else { throw SoundPath.invalidCategory }
        try ContentPath.requireValid(path)
        let inTheWay = ContentPath.ancestors(of: path).first { $0 != moved && document.entry(.sounds, $0) != nil }
        if let inTheWay { throw .fileExists(ContentPath.lastComponent(of: inTheWay)) }
        if document.keys(.sounds).contains(where: { $0 != path && ContentPath.isAtOrBelow($0, path) }) {
            throw CommandError(.conflict, "A folder named '\(ContentPath.lastComponent(of: path))' already exists")
        }
    }
}

extension CommandError {
    /// The contract's answer where a file of that name is in the way (section 7, F20).
    static func fileExists(_ name: String) -> CommandError {
        CommandError(.conflict, "A file named '\(name)' already exists")
    }
}
