/// A text that comes again and again in slightly changed versions, as a client sends its scene while its user drags.
///
/// Reading the next version costs a comparison of the bytes and a scan of the values that differ, not a parse: where both
/// texts go on alike, the new one is as sound as the old. The new value shares everything but the changed parts with the
/// one before, so that whoever compares the two (a merge, a diff) finds at once that the rest is equal.
///
/// A table of the values' positions (16 bytes a value) tells which value a differing byte is in.
package struct IncrementalJSON: Sendable {
    /// The text's value; its outer ``expandedLevels`` are expanded, because it is there to be compared.
    package private(set) var value: JSONValue
    private var bytes: [UInt8]
    private var tape: JSONTape
    private let limits: JSONLimits

    /// As many as a scene's arrays are deep in a message: the message, the scene, the array.
    private static let expandedLevels = 3

    /// - Returns: `nil` where the text is not in normal form: its next version would be like it, and has to be brought
    ///   into that form as a whole.
    /// - Throws: As ``JSONValue/parse(_:limits:)-([UInt8],_)``.
    package init?(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONSyntaxError) {
        try limits.check(byteCount: bytes.count)
        var scanner = JSONScanner(depthMax: limits.depth, observer: JSONTapeRecorder())
        try scanner.scanDocument(bytes.span)
        guard scanner.isNormal else { return nil }
        self.bytes = bytes
        self.limits = limits
        tape = scanner.observer.tape
        value = JSONBuilder.value(copying: bytes.span, tape.largeContainers)
            .expanded(levels: Self.expandedLevels)
    }

    /// Goes on to the next version.
    ///
    /// - Returns: False where `newBytes` has faults, is not in normal form, or has too little in common with the version
    ///   before; then nothing was changed, and it has to be parsed like any other text.
    package mutating func update(to newBytes: [UInt8]) -> Bool {
        guard newBytes.count <= limits.byteCount, let changes = changes(to: newBytes.span) else { return false }
        guard !changes.isEmpty else { return true }
        for change in changes { apply(change, newBytes.span) }
        value = value.expanded(levels: Self.expandedLevels)
        tape.replace(changes)
        bytes = newBytes
        return true
    }

    /// Makes the value, and those of the versions to come, share storage with a value that says much the same, so that
    /// comparing the two costs what differs.
    package mutating func share(partsOf other: JSONValue) {
        value = value.sharingParts(with: other)
    }

    private mutating func apply(_ change: JSONTape.Change, _ newText: Span<UInt8>) {
        let part = JSONBuilder.value(copying: newText.extracting(change.range), change.tape.largeContainers)
        do throws(JSONEditFault) {
            _ = try value.edit(tape.pointer(to: change.node, in: bytes.span), .replace(part))
        } catch {
            preconditionFailure("the value has another shape than its text: \(error)")
        }
    }
}

extension IncrementalJSON {
    /// The values that make the difference, in order: between them, both texts are alike.
    ///
    /// At a differing byte, the value around it in the old text begins at the same place in the new one. Once that is
    /// scanned there, both texts must go on alike behind it; if they don't, the change reaches further, and the container
    /// around it is tried.
    ///
    /// - Returns: `nil` where only the whole text would do.
    private func changes(to new: Span<UInt8>) -> [JSONTape.Change]? {
        let old = bytes.span
        var changes: [JSONTape.Change] = []
        var position = (old: 0, new: 0)
        // A change that breaks out of value after value must not cost more than a parse would.
        var scannable = 2 * new.count
        while true {
            let rest = (old: old.extracting(position.old...), new: new.extracting(position.new...))
            let same = ByteComparison.commonPrefix(rest.old, rest.new)
            if same == rest.old.count, same == rest.new.count { return changes }
            var node = tape.innermost(around: position.old + same)
            while true {
                guard node > 0, scannable >= 0 else { return nil }
                while let last = changes.last, last.node >= node { changes.removeLast() }
                let start = tape.range(node).lowerBound + (changes.last.map(growth) ?? 0)
                if let change = scan(new, at: start, node, &scannable), goOnAlike(new, behind: change) {
                    changes.append(change)
                    position = (tape.range(node).upperBound, change.range.upperBound)
                    break
                }
                node = tape.parent(of: node)
            }
        }
    }

    /// How many bytes further on the new text stands behind a change.
    private func growth(_ change: JSONTape.Change) -> Int {
        change.range.upperBound - tape.range(change.node).upperBound
    }

    private func goOnAlike(_ new: Span<UInt8>, behind change: JSONTape.Change) -> Bool {
        // A value inside another one is not the text's end.
        let next = (old: tape.range(change.node).upperBound, new: change.range.upperBound)
        return next.new < new.count && bytes[next.old] == new[next.new]
    }

    /// The value that begins at `start` of the new text, in place of an old one; `nil` where there is none, or none in
    /// normal form.
    private func scan(
        _ new: Span<UInt8>, at start: Int, _ node: Int, _ scannable: inout Int
    ) -> JSONTape.Change? {
        var scanner = JSONScanner(
            position: start, depthMax: limits.depth - tape.depth(of: node), observer: JSONTapeRecorder())
        defer { scannable -= scanner.position - start }
        do throws(JSONSyntaxError) {
            try scanner.scanValue(new)
        } catch {
            // An array that became empty, say; or a fault, which the parse of the whole text finds again and names.
            return nil
        }
        guard scanner.isNormal else { return nil }
        return JSONTape.Change(node: node, range: start..<scanner.position, tape: scanner.observer.tape)
    }
}
