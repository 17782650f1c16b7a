/// What a ``JSONScanner`` tells while it goes over a text; the calls come in the order of the text.
protocol JSONScanObserver {
    mutating func scalar(_ range: Range<Int>)
    mutating func containerBegins(at offset: Int)
    /// The container that began last and has not ended ends; `range` is the whole of it.
    mutating func containerEnds(_ range: Range<Int>)
    /// A member name, quotes included.
    ///
    /// Its value comes next.
    mutating func key(_ range: Range<Int>)
}

/// Checks one text against RFC 8259 and this system's limits, without building anything.
///
/// It reads a `Span` that is handed to every call, so it can hold its state without holding the text. The loop is
/// iterative: a hostile nesting costs memory up to the depth limit, never the stack.
struct JSONScanner<Observer: JSONScanObserver> {
    /// The next byte to read.
    var position: Int
    /// False once white space or an escape was met that the normal form writes otherwise.
    private(set) var isNormal = true
    /// Sees values and keys as they are met.
    var observer: Observer

    private let depthMax: Int
    private var frames: [Frame] = []
    private var keys = JSONKeyTable()

    private struct Frame {
        var isObject: Bool
        /// Where the container begins in the text.
        var start: Int
        /// Where the object's keys begin in the table.
        var firstKey: Int
    }

    init(position: Int = 0, depthMax: Int, observer: Observer) {
        self.position = position
        self.depthMax = depthMax
        self.observer = observer
    }

    /// Scans a text that must hold one value and nothing else but white space.
    mutating func scanDocument(_ text: Span<UInt8>) throws(JSONSyntaxError) {
        try scanValue(text)
        skipSpace(text)
        if position < text.count {
            throw JSONSyntaxError(kind: .syntax, offset: position, expected: "the end of the text after the value")
        }
    }

    /// Scans the value at ``position``, white space before it included, and stops behind it.
    mutating func scanValue(_ text: Span<UInt8>) throws(JSONSyntaxError) {
        let base = frames.count
        while true {
            skipSpace(text)
            let isOpen = try beginValue(text)
            if isOpen { continue }
            if try !nextValue(text, downTo: base) { return }
        }
    }

    /// Reads a scalar, an empty container, or the opening of a container up to its first value.
    ///
    /// - Returns: Whether a container was opened, so that a value comes next.
    @inline(__always)
    private mutating func beginValue(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
        guard position < text.count else { throw unexpected("a value") }
        let isOpen: Bool
        switch text[position] {
        case UInt8(ascii: "\""):
            try scanString(text)
            isOpen = false
        case UInt8(ascii: "{"): isOpen = try openObject(text)
        case UInt8(ascii: "["): isOpen = try openArray(text)
        case UInt8(ascii: "t"):
            try scanWord(text, "true")
            isOpen = false
        case UInt8(ascii: "f"):
            try scanWord(text, "false")
            isOpen = false
        case UInt8(ascii: "n"):
            try scanWord(text, "null")
            isOpen = false
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try scanNumber(text)
            isOpen = false
        default: throw unexpected("a value")
        }
        return isOpen
    }

    private mutating func openObject(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
        try push(isObject: true)
        skipSpace(text)
        if position < text.count, text[position] == UInt8(ascii: "}") {
            position &+= 1
            endContainer()
            return false
        }
        try scanKey(text, orElse: "a member name or }")
        return true
    }

    private mutating func openArray(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
        try push(isObject: false)
        skipSpace(text)
        if position < text.count, text[position] == UInt8(ascii: "]") {
            position &+= 1
            endContainer()
            return false
        }
        return true
    }

    private mutating func push(isObject: Bool) throws(JSONSyntaxError) {
        guard frames.count < depthMax else {
            throw JSONSyntaxError(
                kind: .depth, offset: position, expected: "no more than \(depthMax) levels of nesting")
        }
        frames.append(Frame(isObject: isObject, start: position, firstKey: keys.count))
        observer.containerBegins(at: position)
        position &+= 1
    }

    @inline(__always)
    private mutating func endContainer() {
        let frame = frames.removeLast()
        observer.containerEnds(frame.start..<position)
    }

    /// After a value: closes containers until another value comes or the outermost is closed.
    ///
    /// - Returns: Whether another value comes.
    @inline(__always)
    private mutating func nextValue(_ text: Span<UInt8>, downTo base: Int) throws(JSONSyntaxError) -> Bool {
        while frames.count > base {
            let frame = frames[frames.count &- 1]
            skipSpace(text)
            guard position < text.count else { throw unexpected(frame.isObject ? ", or }" : ", or ]") }
            let byte = text[position]
            if byte == UInt8(ascii: ",") {
                position &+= 1
                if frame.isObject {
                    skipSpace(text)
                    try scanKey(text, orElse: "a member name")
                }
                return true
            }
            guard byte == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw unexpected(frame.isObject ? ", or }" : ", or ]")
            }
            if frame.isObject { try keys.close(from: frame.firstKey, text) }
            position &+= 1
            endContainer()
        }
        return false
    }

    @inline(__always)
    private mutating func scanKey(_ text: Span<UInt8>, orElse expected: String) throws(JSONSyntaxError) {
        guard position < text.count, text[position] == UInt8(ascii: "\"") else { throw unexpected(expected) }
        let start = position
        let isPlain = try scanStringBody(text)
        observer.key(start..<position)
        let firstKey = frames[frames.count &- 1].firstKey
        try keys.add((start &+ 1)..<(position &- 1), isNormal: isPlain, after: firstKey, text)
        skipSpace(text)
        guard position < text.count, text[position] == UInt8(ascii: ":") else { throw unexpected(":") }
        position &+= 1
    }

    @inline(__always)
    private mutating func scanString(_ text: Span<UInt8>) throws(JSONSyntaxError) {
        let start = position
        _ = try scanStringBody(text)
        observer.scalar(start..<position)
    }

    /// - Returns: Whether the string is in normal form.
    @inline(__always)
    private mutating func scanStringBody(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
        let isPlain = try JSONStringScan.scan(text, &position)
        if !isPlain { isNormal = false }
        return isPlain
    }

    private mutating func scanWord(_ text: Span<UInt8>, _ word: StaticString) throws(JSONSyntaxError) {
        let end = position &+ word.utf8CodeUnitCount
        let matches = end <= text.count && JSONWord.matches(text, position, word)
        guard matches else { throw unexpected("\(word)") }
        observer.scalar(position..<end)
        position = end
    }

    @inline(__always)
    private mutating func scanNumber(_ text: Span<UInt8>) throws(JSONSyntaxError) {
        let start = position
        try JSONNumberScan.scan(text, &position)
        observer.scalar(start..<position)
    }

    @inline(__always)
    private mutating func skipSpace(_ text: Span<UInt8>) {
        guard position < text.count, text[position] <= 0x20 else { return }
        skipSpaceRun(text)
    }

    private mutating func skipSpaceRun(_ text: Span<UInt8>) {
        while position < text.count {
            let byte = text[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            isNormal = false
            position &+= 1
        }
    }

    private func unexpected(_ expected: String) -> JSONSyntaxError {
        JSONSyntaxError(kind: .syntax, offset: position, expected: expected)
    }
}

/// Comparing text with `true`, `false` and `null`.
enum JSONWord {
    static func matches(_ text: Span<UInt8>, _ offset: Int, _ word: StaticString) -> Bool {
        word.withUTF8Buffer { letters in
            for at in letters.indices where text[offset &+ at] != letters[at] { return false }
            return true
        }
    }
}

/// Notes the containers that are too large to stay encoded.
struct LargeContainerObserver: JSONScanObserver {
    /// Ranges of the text, outer ones after those inside them.
    private(set) var ranges: [Range<Int>] = []

    @inline(__always)
    mutating func scalar(_ range: Range<Int>) {}
    @inline(__always)
    mutating func containerBegins(at offset: Int) {}
    @inline(__always)
    mutating func containerEnds(_ range: Range<Int>) {
        if range.count > ByteSlice.bufferCountMax { ranges.append(range) }
    }
    @inline(__always)
    mutating func key(_ range: Range<Int>) {}
}
