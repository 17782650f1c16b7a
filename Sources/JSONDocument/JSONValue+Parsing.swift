extension JSONValue {
    /// Reads a text that is one value and nothing else (RFC 8259, strictly).
    ///
    /// White space and roundabout escapes are normalised away; numbers keep their texts and members their order.
    /// - Parameters:
    ///   - bytes: UTF-8, without a byte order mark. Kept as it is, where it is compact and small.
    ///   - limits: Depth and size, checked before they cost anything.
    /// - Throws: The first fault with its byte offset.
    package static func parse(
        _ bytes: [UInt8], limits: JSONLimits = .standard
    ) throws(JSONSyntaxError) -> JSONValue {
        let large = try scan(bytes.span, limits)
        guard let large else {
            return try parseNormal(JSONNormalForm.text(of: bytes.span), limits)
        }
        // An array with much room to spare would keep that room for as long as the value lives.
        let isTight = bytes.capacity <= bytes.count + bytes.count / 4 + 64
        return isTight ? JSONBuilder.value(adopting: bytes, large) : JSONBuilder.value(copying: bytes.span, large)
    }

    /// As ``parse(_:limits:)-([UInt8],_)``, from bytes that are somebody else's; what is kept of them is copied.
    package static func parse(
        _ bytes: Span<UInt8>, limits: JSONLimits = .standard
    ) throws(JSONSyntaxError) -> JSONValue {
        let large = try scan(bytes, limits)
        guard let large else {
            return try parseNormal(JSONNormalForm.text(of: bytes), limits)
        }
        return JSONBuilder.value(copying: bytes, large)
    }

    /// As ``parse(_:limits:)-([UInt8],_)``, from a string.
    package static func parse(text: String) throws(JSONSyntaxError) -> JSONValue {
        try parse([UInt8](text.utf8))
    }

    /// - Returns: The ranges of the large containers, or nil where the text is sound, but not in normal form.
    private static func scan(
        _ text: Span<UInt8>, _ limits: JSONLimits
    ) throws(JSONSyntaxError) -> [Range<Int>]? {
        try limits.check(byteCount: text.count)
        var scanner = JSONScanner(depthMax: limits.depth, observer: LargeContainerObserver())
        try scanner.scanDocument(text)
        return scanner.isNormal ? scanner.observer.ranges : nil
    }

    private static func parseNormal(
        _ text: [UInt8], _ limits: JSONLimits
    ) throws(JSONSyntaxError) -> JSONValue {
        var scanner = JSONScanner(depthMax: limits.depth, observer: LargeContainerObserver())
        try scanner.scanDocument(text.span)
        return JSONBuilder.value(adopting: text, scanner.observer.ranges)
    }
}
