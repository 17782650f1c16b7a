/// Media types by file name (contract, section 1, "Files").
///
/// Extensions are compared without regard to case (section 7, F22).
package enum MediaType {
    /// For extensions that no table below names.
    package static let unknown = "text/plain; charset=utf-8"

    /// What the extension of a map's or scene image's name stands for; nil if it isn't an image.
    package static func image(forName name: String) -> String? {
        images[fileExtension(of: name)]
    }

    /// What the extension of a sound's name stands for; nil if it isn't a sound.
    package static func sound(forName name: String) -> String? {
        sounds[fileExtension(of: name)]
    }

    /// The media type to serve a file with.
    package static func forName(_ name: String) -> String {
        image(forName: name) ?? sound(forName: name) ?? unknown
    }

    /// Whether `/audio/list` names the file: only `.mp3`, in any case.
    package static func isListedSound(_ name: String) -> Bool {
        fileExtension(of: name) == "mp3"
    }

    /// The lower-case extension without its dot; `""` if there is none.
    static func fileExtension(of name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "" }
        return name[name.utf8.index(after: dot)...].lowercased()
    }

    private static let images = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp", "gif": "image/gif",
        "bmp": "image/bmp", "svg": "image/svg+xml",
    ]

    private static let sounds = [
        "mp3": "audio/mpeg", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav",
        "flac": "audio/flac", "m4a": "audio/mp4", "aac": "audio/aac", "webm": "audio/webm",
    ]
}
