/// The kinds of thing at a table that people call by a name.
package enum PlaceKind: String, Sendable, CaseIterable {
    /// A saved scene, with its images; one that was never saved, while it is live.
    case scene
    /// Something in a scene: a map or token that lies on it, a fighter of the initiative, an area of effect or of fog.
    case token
    /// A map file, with its stored data.
    case map
    /// A folder of maps, scenes or sounds, with all that is in it.
    case folder
    /// A sound file.
    case sound
    /// The scene on the table now.
    case live
    /// What the viewers' screens show: blank, rotated, night mode.
    case viewer
    /// What is playing.
    case music
    /// Everything.
    case table

    /// Whether there are several, so that a name has to say which.
    package var takesName: Bool {
        switch self {
        case .scene, .token, .map, .folder, .sound: true
        case .live, .viewer, .music, .table: false
        }
    }

    /// The singular and plural forms that are understood.
    init?(typed word: String) {
        let word = word.lowercased()
        let singular = word.hasSuffix("s") ? String(word.dropLast()) : word
        switch singular {
        case "audio", "playback": self = .music
        case "fighter", "marker": self = .token
        default:
            guard let kind = PlaceKind(rawValue: singular) else { return nil }
            self = kind
        }
    }
}
