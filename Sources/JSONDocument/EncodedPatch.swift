/// One operation of a patch in the layout in which this system writes it, read without a tree:
/// `{"op":"replace","path":"/live/name","value":"…"}`.
///
/// Most events of a journal are a few such operations, and replaying is applying them: reading place and value straight
/// from the line's bytes costs a third of building a patch first.
struct EncodedOperation {
    enum Name {
        case add, replace, remove
    }

    let name: Name
    /// The pointer's text; it needs no decoding and was validated.
    let path: Range<Int>
    /// The value, nil for `remove`.
    let value: JSONValue?

    /// Reads the operation at `at` and steps behind it.
    ///
    /// - Returns: nil where the text is anything else, be it another layout or an error; then it has to be parsed.
    @inline(__always)
    init?(_ text: Span<UInt8>, _ at: inout Int) {
        guard Self.skip(#"{"op":""#, text, &at) else { return nil }
        if Self.skip(#"replace","path":"#, text, &at) {
            name = .replace
        } else if Self.skip(#"add","path":"#, text, &at) {
            name = .add
        } else if Self.skip(#"remove","path":"#, text, &at) {
            name = .remove
        } else {
            return nil
        }
        guard let path = Self.path(text, &at) else { return nil }
        self.path = path
        if name == .remove {
            value = nil
        } else {
            guard Self.skip(#","value":"#, text, &at), let value = Self.value(text, &at) else { return nil }
            self.value = value
        }
        guard Self.skip("}", text, &at) else { return nil }
    }

    @inline(__always)
    private static func skip(_ expected: StaticString, _ text: Span<UInt8>, _ at: inout Int) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard at &+ count <= text.count, JSONWord.matches(text, at, expected) else { return false }
        at &+= count
        return true
    }

    /// The pointer in the string at `at`; nil where it has escapes of either kind, or is the root.
    @inline(__always)
    private static func path(_ text: Span<UInt8>, _ at: inout Int) -> Range<Int>? {
        let start = at &+ 1
        guard start < text.count, text[at] == UInt8(ascii: "\""), text[start] == UInt8(ascii: "/") else { return nil }
        do throws(JSONSyntaxError) {
            _ = try JSONStringScan.scan(text, &at)
        } catch {
            // The parser will say what is wrong.
            return nil
        }
        for byte in start..<(at &- 1) where text[byte] == UInt8(ascii: "\\") || text[byte] == UInt8(ascii: "~") {
            return nil
        }
        return start..<(at &- 1)
    }

    @inline(__always)
    private static func value(_ text: Span<UInt8>, _ at: inout Int) -> JSONValue? {
        do throws(JSONSyntaxError) {
            return try JSONBuilder.scannedValue(text, &at, depthMax: JSONLimits.depthMax - 2)
        } catch {
            // The parser will say what is wrong.
            return nil
        }
    }
}

extension JSONBuilder {
    /// Scans the value that begins at `position`, copies it and steps behind it.
    ///
    /// - Returns: nil where it is not in normal form.
    @inline(__always)
    static func scannedValue(
        _ text: Span<UInt8>, _ position: inout Int, depthMax: Int
    ) throws(JSONSyntaxError) -> JSONValue? {
        let start = position
        guard start < text.count else { return nil }
        switch text[start] {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try JSONNumberScan.scan(text, &position)
            return JSONValue(.number(JSONText(copying: text.extracting(start..<position))))
        case UInt8(ascii: "\""):
            guard try JSONStringScan.scan(text, &position) else { return nil }
            return JSONValue(.string(JSONText(copying: text.extracting((start &+ 1)..<(position &- 1)))))
        default:
            return try scannedContainer(text, &position, depthMax: depthMax)
        }
    }

    private static func scannedContainer(
        _ text: Span<UInt8>, _ position: inout Int, depthMax: Int
    ) throws(JSONSyntaxError) -> JSONValue? {
        let start = position
        var scanner = JSONScanner(position: start, depthMax: depthMax, observer: LargeContainerObserver())
        try scanner.scanValue(text)
        guard scanner.isNormal else { return nil }
        position = scanner.position
        let large = scanner.observer.ranges.map { ($0.lowerBound - start)..<($0.upperBound - start) }
        return value(copying: text.extracting(start..<position), large)
    }
}

extension JSONValue {
    /// Does the patch whose text is `patch`: the fast way to replay a journal's events.
    ///
    /// The same as parsing it to a ``JSONPatch`` and applying that, errors included.
    package mutating func apply(encodedPatch patch: Span<UInt8>) throws(JSONPatchError) {
        if applyKnownLayout(patch) { return }
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(patch)
        } catch {
            throw .syntax(error)
        }
        try apply(try JSONPatch(value))
    }

    /// - Returns: False where nothing was done, because the patch needs the general way's checks or errors.
    private mutating func applyKnownLayout(_ patch: Span<UInt8>) -> Bool {
        guard patch.count > 0, patch[0] == UInt8(ascii: "[") else { return false }
        var undo: [EncodedUndo] = []
        var at = 0
        repeat {
            at &+= 1
            guard let operation = EncodedOperation(patch, &at), at < patch.count,
                apply(operation, patch, isOnly: undo.isEmpty && Self.isEnd(patch, at), &undo)
            else {
                takeBack(undo, patch)
                return false
            }
        } while patch[at] == UInt8(ascii: ",")
        guard Self.isEnd(patch, at) else {
            takeBack(undo, patch)
            return false
        }
        return true
    }

    /// Whether the patch ends at `at`.
    @inline(__always)
    private static func isEnd(_ patch: Span<UInt8>, _ at: Int) -> Bool {
        patch[at] == UInt8(ascii: "]") && at &+ 1 == patch.count
    }

    /// - Parameter isOnly: Whether no other operation can fail, so that there is nothing to take back.
    /// - Returns: False where nothing was done.
    @inline(__always)
    private mutating func apply(
        _ operation: EncodedOperation, _ text: Span<UInt8>, isOnly: Bool, _ undo: inout [EncodedUndo]
    ) -> Bool {
        let path = text.extracting(operation.path)
        if !isOnly, !operation.canBeTakenBack(text) { return false }
        let edit: JSONEdit
        switch (operation.name, operation.value) {
        case (.add, let value?): edit = .add(value)
        case (.replace, let value?): edit = .replace(value)
        default: edit = .remove
        }
        // Each token takes one byte at least.
        if let value = operation.value, value.nestsDeeper(than: JSONLimits.depthMax - path.count) { return false }
        do throws(JSONEditFault) {
            let outcome = try self.edit(path, edit)
            if !isOnly { undo.append(EncodedUndo(path: operation.path, old: outcome.old)) }
            return true
        } catch {
            // A failed edit changed nothing, and the general way finds the same fault and names it.
            return false
        }
    }

    private mutating func takeBack(_ undo: [EncodedUndo], _ text: Span<UInt8>) {
        for step in undo.reversed() {
            do throws(JSONEditFault) {
                _ = try edit(text.extracting(step.path), step.old.map { .replace($0) } ?? .remove)
            } catch {
                preconditionFailure("a patch could not be taken back: \(error)")
            }
        }
    }
}

/// How an operation of an encoded patch is taken back.
private struct EncodedUndo {
    let path: Range<Int>
    /// What stood there; nil where something new was added.
    let old: JSONValue?
}

extension EncodedOperation {
    /// Whether replacing or removing at the same path undoes it.
    ///
    /// Not so for a removal, which forgets a member's place, and for an append, whose path is no element's.
    @inline(__always)
    fileprivate func canBeTakenBack(_ text: Span<UInt8>) -> Bool {
        name != .remove && text[path.upperBound &- 1] != UInt8(ascii: "-")
    }
}
