/// One text with the table of its values' positions (16 bytes a value), for finding what changed in the next version of
/// the text without making a tree of either.
///
/// Compare the texts: what both begin with and what both end with is the same. The first value around all that
/// differs, whose new bytes are again one whole value, is what changed; everything before and after it is byte for
/// byte the same in both. Where that value is a container, a structural diff of it makes the patch small.
package struct IndexedJSON: Sendable {
    /// The text in normal form: without white space, escapes only where they must be.
    package let bytes: [UInt8]
    private let tape: JSONTape
    private let limits: JSONLimits

    /// - Throws: As ``JSONValue/parse(_:limits:)-([UInt8],_)``.
    package init(_ bytes: [UInt8]) throws(JSONSyntaxError) {
        try self.init(bytes, limits: .standard)
    }

    /// As ``init(_:)``, with other limits; they hold for the texts that this one is compared with, too.
    package init(_ bytes: [UInt8], limits: JSONLimits) throws(JSONSyntaxError) {
        try Self.checkSize(bytes, limits)
        self.limits = limits
        var scanner = JSONScanner(depthMax: limits.depth, observer: JSONTapeRecorder())
        try scanner.scanDocument(bytes.span)
        if scanner.isNormal {
            self.bytes = bytes
            tape = scanner.observer.tape
            return
        }
        let normal = JSONNormalForm.text(of: bytes.span)
        var again = JSONScanner(depthMax: limits.depth, observer: JSONTapeRecorder())
        try again.scanDocument(normal.span)
        self.bytes = normal
        tape = again.observer.tape
    }

    private static func checkSize(_ bytes: [UInt8], _ limits: JSONLimits) throws(JSONSyntaxError) {
        guard bytes.count <= limits.byteCount else {
            throw JSONSyntaxError(
                kind: .size, offset: limits.byteCount, expected: "a text of at most \(limits.byteCount) bytes")
        }
    }

    /// The text as a value; a small text is shared, not copied.
    package var value: JSONValue { part(0) }

    /// What makes this text's value equal to that of `newBytes`.
    ///
    /// - Parameters:
    ///   - newBytes: A text of its own. Only the part of it that differs is checked; if this text was refused as a
    ///     whole, it would be here too.
    ///   - pointer: Where in the document both are; the patch's paths begin with it.
    package func patch(
        to newBytes: [UInt8], at pointer: JSONPointer = .root
    ) throws(JSONSyntaxError) -> JSONPatch {
        try Self.checkSize(newBytes, limits)
        let old = bytes.span
        let new = newBytes.span
        let head = ByteComparison.commonPrefix(old, new)
        if head == old.count, head == new.count { return JSONPatch() }
        let limit = min(old.count, new.count) - head
        let tail = ByteComparison.commonSuffix(old, new, limit: limit)
        let growth = new.count - old.count
        var node = tape.innermost(around: head..<(old.count - tail))
        // A change that breaks out of three values is no small one; parsing ever larger parts would cost more than it saves.
        for _ in 0..<3 where node > 0 {
            let range = tape.range(node)
            let replacement = range.lowerBound..<(range.upperBound + growth)
            if let value = try wholeValue(new, replacement, levels: tape.depth(of: node)) {
                return JSONDiff.patch(from: part(node), to: value, at: tape.pointer(to: node, in: old, below: pointer))
            }
            node = tape.parent(of: node)
        }
        return JSONDiff.patch(from: value, to: try JSONValue.parse(newBytes, limits: limits), at: pointer)
    }

    /// The value that `range` of `text` is, or nil where it is not exactly one.
    private func wholeValue(
        _ text: Span<UInt8>, _ range: Range<Int>, levels: Int
    ) throws(JSONSyntaxError) -> JSONValue? {
        guard !range.isEmpty else { return nil }
        do throws(JSONSyntaxError) {
            var limits = limits
            limits.depth -= levels
            return try JSONValue.parse(text.extracting(range), limits: limits)
        } catch {
            // The change may reach beyond this value; a parse of the whole text finds out whether it is an error.
            return nil
        }
    }

    private func part(_ node: Int) -> JSONValue {
        let range = tape.range(node)
        guard bytes.count > ByteSlice.bufferCountMax else { return JSONBuilder.child(of: bytes, range) }
        return JSONBuilder.value(copying: bytes.span.extracting(range), tape.largeContainers(in: node))
    }
}
