import Journal

/// How large the parts of a form other than its files may be.
package struct MultipartLimits: Sendable {
    /// Parts in one form.
    package var maxPartCount = 64
    /// Bytes of one part's headers.
    package var maxHeaderByteCount = 16 << 10
    /// Bytes before the first boundary.
    package var maxPreambleByteCount = 16 << 10

    /// The usual limits.
    package init() {}
}

/// What the parser found in a form, in the order in which it stands there.
package enum MultipartEvent: Sendable, Equatable {
    /// A part begins.
    case part(MultipartHead)
    /// More of the current part's content.
    case bytes(ArraySlice<UInt8>)
    /// The current part is complete.
    case partEnd
}

/// A form that can't be read.
package enum MultipartError: Error, Equatable, CustomStringConvertible {
    case tooManyParts(limit: Int)
    case headersTooLarge(limit: Int)
    case noBoundaryFound
    case malformedHeaders(String)
    /// The body ended inside the form.
    case truncated

    package var description: String {
        switch self {
        case .tooManyParts(let limit): "Too many parts in the form; the limit is \(limit)"
        case .headersTooLarge(let limit): "A part's headers are larger than \(limit) bytes"
        case .noBoundaryFound: "The form's first boundary is missing"
        case .malformedHeaders(let reason): "A part's headers can't be read: \(reason)"
        case .truncated: "The form ends before its closing boundary"
        }
    }
}

/// Reads `multipart/form-data` (RFC 7578) as it arrives, in chunks cut anywhere.
///
/// Pure: bytes in, events out, nothing kept but the few bytes that may be the beginning of a boundary and the
/// headers of the part that begins. So a file of any size passes through in the memory of one chunk.
package struct MultipartParser: Sendable {
    private enum State {
        case preamble
        case headers
        case content
        case epilogue
    }

    /// What stands at a place that reads like a delimiter.
    private enum Delimiter {
        /// The next part's headers begin at this index.
        case nextPart(Int)
        case close
        /// It only reads like one; it is content.
        case content
        case needsMore
    }

    private let delimiter: [UInt8]
    private let limits: MultipartLimits
    private var state = State.preamble
    private var partCount = 0
    private var preambleCount = 0
    /// Unread bytes.
    ///
    /// Begins with a line end, so that a first boundary without one before it is found like any other.
    private var buffer: [UInt8] = [13, 10]

    /// - Parameters:
    ///   - boundary: The `boundary` parameter of the body's content type.
    ///   - limits: Bounds on everything but the contents of files.
    package init(boundary: String, limits: MultipartLimits = MultipartLimits()) {
        self.delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
    }

    /// Takes the next bytes of the body.
    ///
    /// - Returns: What became certain with them. Slices share the chunk's storage.
    package mutating func append(_ chunk: some Sequence<UInt8>) throws(MultipartError) -> [MultipartEvent] {
        buffer.append(contentsOf: chunk)
        var events: [MultipartEvent] = []
        var position = 0
        while let next = try step(from: position, into: &events) {
            position = next
        }
        return events
    }

    /// The body has ended.
    ///
    /// - Throws: ``MultipartError/truncated`` when the closing boundary hasn't come.
    package func finish() throws(MultipartError) {
        switch state {
        case .epilogue: return
        case .preamble: throw .noBoundaryFound
        case .headers, .content: throw .truncated
        }
    }

    /// One step of the machine; nil when more bytes are needed, with what was read taken off the buffer.
    private mutating func step(from position: Int, into events: inout [MultipartEvent]) throws(MultipartError) -> Int? {
        switch state {
        case .preamble, .content: return try contentStep(from: position, into: &events)
        case .headers: return try headerStep(from: position, into: &events)
        case .epilogue:
            buffer.removeAll()
            return nil
        }
    }

    private mutating func contentStep(
        from position: Int, into events: inout [MultipartEvent]
    ) throws(MultipartError) -> Int? {
        var search = position
        while let found = firstPossibleDelimiter(from: search) {
            switch classify(at: found) {
            case .content:
                search = found + 1
            case .needsMore:
                try passOn(position..<found, into: &events)
                return nil
            case .close:
                endPart(content: position..<found, into: &events)
                state = .epilogue
                return found
            case .nextPart(let next):
                endPart(content: position..<found, into: &events)
                state = .headers
                return next
            }
        }
        try passOn(position..<buffer.count, into: &events)
        return nil
    }

    private func endPart(content: Range<Int>, into events: inout [MultipartEvent]) {
        guard case .content = state else { return }
        if !content.isEmpty { events.append(.bytes(buffer[content])) }
        events.append(.partEnd)
    }

    /// Hands out content that no delimiter can begin in, and drops what was read.
    private mutating func passOn(
        _ content: Range<Int>, into events: inout [MultipartEvent]
    ) throws(MultipartError) {
        if case .content = state {
            if !content.isEmpty { events.append(.bytes(buffer[content])) }
        } else {
            preambleCount += content.count
            guard preambleCount <= limits.maxPreambleByteCount else { throw .noBoundaryFound }
        }
        // A new array, as the slice that was just handed out shares the old one.
        buffer = Array(buffer[content.upperBound...])
    }

    private mutating func headerStep(
        from position: Int, into events: inout [MultipartEvent]
    ) throws(MultipartError) -> Int? {
        guard let end = endOfHeaders(from: position) else {
            guard buffer.count - position <= limits.maxHeaderByteCount else {
                throw .headersTooLarge(limit: limits.maxHeaderByteCount)
            }
            buffer.removeFirst(position)
            return nil
        }
        guard end - position <= limits.maxHeaderByteCount else {
            throw .headersTooLarge(limit: limits.maxHeaderByteCount)
        }
        partCount += 1
        guard partCount <= limits.maxPartCount else { throw .tooManyParts(limit: limits.maxPartCount) }
        events.append(.part(try MultipartHead(headerBytes: buffer[position..<end])))
        state = .content
        return end
    }

    /// The index after the empty line that ends the headers.
    private func endOfHeaders(from position: Int) -> Int? {
        var index = position
        if buffer.count >= position + 2, buffer[position] == 13, buffer[position + 1] == 10 { return position + 2 }
        while index + 3 < buffer.count {
            if buffer[index] == 13, buffer[index + 1] == 10, buffer[index + 2] == 13, buffer[index + 3] == 10 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    /// The next index at which the rest of the buffer begins like the delimiter, as far as the buffer goes.
    private func firstPossibleDelimiter(from start: Int) -> Int? {
        var index = start
        while index < buffer.count {
            guard let carriageReturn = firstIndex(of: 13, in: buffer, index..<buffer.count) else { return nil }
            let length = min(delimiter.count, buffer.count - carriageReturn)
            if buffer[carriageReturn..<carriageReturn + length].elementsEqual(delimiter[0..<length]) {
                return carriageReturn
            }
            index = carriageReturn + 1
        }
        return nil
    }

    /// Looks at what follows the delimiter: `--` closes the form, blanks and a line end begin the next part.
    private func classify(at found: Int) -> Delimiter {
        var index = found + delimiter.count
        guard index + 1 < buffer.count else { return .needsMore }
        if buffer[index] == UInt8(ascii: "-"), buffer[index + 1] == UInt8(ascii: "-") { return .close }
        while index < buffer.count, buffer[index] == UInt8(ascii: " ") || buffer[index] == UInt8(ascii: "\t") {
            index += 1
            guard index - found - delimiter.count <= 64 else { return .content }
        }
        guard index + 1 < buffer.count else {
            return index < buffer.count && buffer[index] != 13 ? .content : .needsMore
        }
        return buffer[index] == 13 && buffer[index + 1] == 10 ? .nextPart(index + 2) : .content
    }
}
