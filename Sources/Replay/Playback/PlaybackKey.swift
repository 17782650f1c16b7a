/// What a key on the keyboard means to the player.
package enum PlaybackKey: Sendable, Equatable {
    case request(PlaybackRequest)
    case quit

    /// Milliseconds of the recording that an arrow key goes.
    package static let step: Int64 = 10_000

    /// For the help and the status line.
    package static let help = "space pause  ←/→ 10 s  ,/. one event  +/- speed  home start  q quit"
}

/// Makes keys of the bytes that a terminal sends.
///
/// Pure. A key may come in pieces: an arrow is three bytes that a slow line delivers one by one.
package struct PlaybackKeyReader: Sendable {
    private var pending: [UInt8] = []

    package init() {}

    /// Takes the next bytes; what means nothing is passed over.
    package mutating func read(_ bytes: [UInt8]) -> [PlaybackKey] {
        pending += bytes
        var keys: [PlaybackKey] = []
        while let first = pending.first {
            guard first == 0x1B else {
                pending.removeFirst()
                if let key = Self.key(for: first) { keys.append(key) }
                continue
            }
            guard let (length, key) = Self.sequence(pending) else { break }
            pending.removeFirst(length)
            if let key { keys.append(key) }
        }
        return keys
    }

    private static func key(for byte: UInt8) -> PlaybackKey? {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "p"): .request(.togglePause)
        case UInt8(ascii: "+"), UInt8(ascii: "="): .request(.faster)
        case UInt8(ascii: "-"): .request(.slower)
        case UInt8(ascii: "."): .request(.events(1))
        case UInt8(ascii: ","): .request(.events(-1))
        case UInt8(ascii: "q"), 0x04: .quit
        default: nil
        }
    }

    /// An escape sequence at the beginning: its length and its key; `nil` if it isn't whole yet.
    ///
    /// ECMA-48 section 5.4: `ESC [`, parameters, a final byte; `ESC O` and one byte in a keypad's application mode.
    private static func sequence(_ bytes: [UInt8]) -> (Int, PlaybackKey?)? {
        guard bytes.count > 1 else { return nil }
        guard bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O") else { return (1, nil) }
        // Nothing that a keyboard sends is as long as this.
        let start = bytes.prefix(16)
        guard let end = start[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
            return start.count == 16 ? (16, nil) : nil
        }
        return (end + 1, key(ofFinal: bytes[end], parameters: Array(bytes[2..<end])))
    }

    private static func key(ofFinal final: UInt8, parameters: [UInt8]) -> PlaybackKey? {
        switch final {
        case UInt8(ascii: "C"): .request(.step(PlaybackKey.step))
        case UInt8(ascii: "D"): .request(.step(-PlaybackKey.step))
        case UInt8(ascii: "H"): .request(.offset(.min))
        case UInt8(ascii: "~") where parameters == [UInt8(ascii: "1")]: .request(.offset(.min))
        default: nil
        }
    }
}
