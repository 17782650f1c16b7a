/// Whether a file's content goes with its name.
///
/// Refused is what is recognised as something that the name isn't: a web page, a program, an archive or a sound under an
/// image's name, an image under a sound's. Taken is what is recognised as of the name's kind, also another format of it
/// (a PNG named .gif: browsers show it), and what isn't recognised at all: tables hold formats that no list knows, the old
/// server took anything, and such bytes can do nothing. For files are served with the type of their name, `nosniff` and a
/// sandboxing Content-Security-Policy, so that what slips through, a page behind the first bytes of an image, is not run
/// either.
package enum ContentCheck {
    /// Looks at a file's beginning.
    ///
    /// - Parameters:
    ///   - name: The file's name; one that is neither an image's nor a sound's says nothing, so nothing contradicts it.
    ///   - start: The first bytes, ``ContentKind/examinedByteCount`` or all that there are.
    /// - Throws: ``CommandError/Code/unsupported``.
    package static func check(name: String, start: some Sequence<UInt8>) throws(CommandError) {
        let wanted: String
        let isFitting: Bool
        let kind = ContentKind(start: start)
        if let type = MediaType.image(forName: name) {
            wanted = type == "image/svg+xml" ? "an SVG image" : "an image"
            isFitting = kind == .rasterImage || (kind == .svg && type == "image/svg+xml")
        } else if MediaType.sound(forName: name) != nil {
            wanted = "a sound"
            isFitting = kind == .sound
        } else {
            return
        }
        guard !isFitting, let found = kind.description else { return }
        throw CommandError(
            .unsupported,
            "'\(name.prefix(200))' can't be stored: its name is that of \(wanted), its content is \(found)")
    }
}

extension ContentKind {
    /// For a sentence; nil where nothing was recognised.
    fileprivate var description: String? {
        switch self {
        case .rasterImage: "an image"
        case .svg: "an SVG image"
        case .sound: "sound"
        case .markup: "a web page or XML"
        case .document: "a document"
        case .archive: "an archive"
        case .program: "a program"
        case .unknown: nil
        }
    }
}
