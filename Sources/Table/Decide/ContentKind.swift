/// What a file's first bytes show it to be, whatever its name says.
///
/// Signatures as in the WHATWG MIME Sniffing standard, sections 6 and 7, and the formats' own specifications. Pure.
package enum ContentKind: Sendable, Equatable {
    /// PNG, JPEG, WebP, GIF, BMP and the like: pixels that hold no scripts.
    case rasterImage
    /// SVG, which may hold scripts.
    case svg
    /// Sound, or a container that may hold sound.
    case sound
    /// HTML or XML that is no SVG.
    case markup
    /// A document of an office or reader program, such as PDF.
    case document
    /// Compressed or packed files.
    case archive
    /// A program or a script for an interpreter.
    case program
    /// Nothing that is known here; also too short to say.
    case unknown

    /// How many of a file's first bytes are looked at, at most.
    package static let examinedByteCount = 4096

    /// Recognises a file.
    ///
    /// - Parameter start: The file's first bytes, ``examinedByteCount`` or all that there are; more are ignored.
    package init(start: some Sequence<UInt8>) {
        let bytes = Array(start.prefix(Self.examinedByteCount))
        self =
            Self.bySignature(bytes) ?? Markup(bytes)?.kind ?? (Self.isMPEGFrame(bytes) ? .sound : nil) ?? .unknown
    }

    // MARK: Signatures

    private struct Signature {
        let kind: ContentKind
        let bytes: [UInt8]
        var offset = 0

        init(_ kind: ContentKind, _ bytes: [UInt8], at offset: Int = 0) {
            (self.kind, self.bytes, self.offset) = (kind, bytes, offset)
        }

        init(_ kind: ContentKind, _ text: String, at offset: Int = 0) {
            self.init(kind, Array(text.utf8), at: offset)
        }

        func fits(_ content: [UInt8]) -> Bool {
            content.dropFirst(offset).starts(with: bytes)
        }
    }

    private static func bySignature(_ bytes: [UInt8]) -> ContentKind? {
        if bytes.starts(with: "RIFF".utf8) { return riff(bytes) }
        // The ISO media file format: the brand tells images (AVIF, HEIC) from sound and film.
        if Signature(.sound, "ftyp", at: 4).fits(bytes) {
            let isImage = ["avif", "avis", "heic", "heix", "mif1"].contains { Signature(.sound, $0, at: 8).fits(bytes) }
            return isImage ? .rasterImage : .sound
        }
        // Two letters begin many a text, too; a program for Windows goes on with zeros.
        if bytes.starts(with: "MZ".utf8) { return bytes.prefix(64).contains(0) ? .program : nil }
        return signatures.first { $0.fits(bytes) }?.kind
    }

    private static func riff(_ bytes: [UInt8]) -> ContentKind? {
        if Signature(.rasterImage, "WEBP", at: 8).fits(bytes) { return .rasterImage }
        return Signature(.sound, "WAVE", at: 8).fits(bytes) ? .sound : nil
    }

    private static let signatures: [Signature] = [
        Signature(.rasterImage, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        Signature(.rasterImage, [0xFF, 0xD8, 0xFF]),
        Signature(.rasterImage, "GIF87a"), Signature(.rasterImage, "GIF89a"),
        Signature(.rasterImage, "BM"),
        Signature(.sound, "ID3"), Signature(.sound, "OggS"), Signature(.sound, "fLaC"),
        // Matroska and WebM.
        Signature(.sound, [0x1A, 0x45, 0xDF, 0xA3]),
        Signature(.document, "%PDF-"), Signature(.document, #"{\rtf"#), Signature(.document, "%!PS-Adobe-"),
        Signature(.document, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        Signature(.archive, [0x50, 0x4B, 0x03, 0x04]), Signature(.archive, [0x50, 0x4B, 0x05, 0x06]),
        Signature(.archive, [0x1F, 0x8B, 0x08]), Signature(.archive, "Rar!\u{1A}\u{07}"),
        Signature(.archive, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), Signature(.archive, "BZh"),
        Signature(.archive, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), Signature(.archive, [0x28, 0xB5, 0x2F, 0xFD]),
        Signature(.archive, [0x04, 0x22, 0x4D, 0x18]), Signature(.archive, "ustar", at: 257),
        Signature(.program, [0x7F, 0x45, 0x4C, 0x46]), Signature(.program, "#!"),
        Signature(.program, [0x00, 0x61, 0x73, 0x6D]), Signature(.program, [0xCA, 0xFE, 0xBA, 0xBE]),
        Signature(.program, [0xCF, 0xFA, 0xED, 0xFE]), Signature(.program, [0xCE, 0xFA, 0xED, 0xFE]),
    ]

    /// An MPEG audio or ADTS header: eleven set bits, and none of the values that are reserved.
    private static func isMPEGFrame(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] & 0xE0 == 0xE0 else { return false }
        let (version, layer) = (bytes[1] >> 3 & 3, bytes[1] >> 1 & 3)
        guard layer != 0 else { return bytes[1] & 0xF6 == 0xF0 }
        return version != 1 && bytes[2] >> 4 != 15 && bytes[2] >> 2 & 3 != 3
    }
}

/// The beginning of an HTML or XML text.
private struct Markup {
    /// Without byte order mark; of UTF-16 only what is ASCII in it.
    private var rest: ArraySlice<UInt8>
    /// Whether the file goes on behind what was looked at.
    private let isCut: Bool

    /// Nil if it doesn't begin like one.
    init?(_ bytes: [UInt8]) {
        isCut = bytes.count == ContentKind.examinedByteCount
        switch (bytes.first, bytes.dropFirst().first) {
        case (0xFF, 0xFE), (0xFE, 0xFF): rest = bytes.dropFirst(2).filter { $0 != 0 }[...]
        case (0xEF, 0xBB): rest = bytes.dropFirst(3)
        default: rest = bytes[...]
        }
        skipBlanks()
        guard rest.first == UInt8(ascii: "<"), let next = rest.dropFirst().first,
            Self.isLetter(next) || next == UInt8(ascii: "!") || next == UInt8(ascii: "?") || next == UInt8(ascii: "/")
        else { return nil }
    }

    /// SVG by its root element; where that is further down than was looked (long comments, a document type with
    /// declarations of its own), nothing speaks against SVG.
    var kind: ContentKind {
        var reader = self
        while let next = reader.rest.dropFirst().first {
            if Self.isLetter(next) { return reader.rootName == "svg" ? .svg : .markup }
            guard reader.skipPrologItem() else { break }
        }
        return isCut ? .svg : .markup
    }

    private mutating func skipBlanks() {
        rest = rest.drop { [9, 10, 12, 13, 32].contains($0) }
    }

    /// Skips a comment, a processing instruction or a declaration with the blanks after it.
    ///
    /// Returns false if its end or the next `<` isn't there.
    private mutating func skipPrologItem() -> Bool {
        let end: [UInt8] =
            if rest.starts(with: "<!--".utf8) {
                Array("-->".utf8)
            } else if rest.starts(with: "<?".utf8) {
                Array("?>".utf8)
            } else {
                // A document type may have declarations of its own in brackets.
                Array((rest.prefix { $0 != UInt8(ascii: ">") }.contains(UInt8(ascii: "[")) ? "]>" : ">").utf8)
            }
        guard let found = rest.firstRange(of: end) else { return false }
        rest = rest[found.upperBound...]
        skipBlanks()
        return rest.first == UInt8(ascii: "<")
    }

    /// The first element's name in lower case, without a prefix.
    private var rootName: String {
        let name = rest.dropFirst().prefix { Self.isLetter($0) || $0 == UInt8(ascii: ":") }.prefix(32)
        return String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? name, as: UTF8.self).lowercased()
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
