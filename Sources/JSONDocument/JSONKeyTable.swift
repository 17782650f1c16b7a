/// The member names of the objects that a scan is inside of, to refuse a name that comes twice.
///
/// A few names are compared with each other by fingerprint as they come. Beyond that the check waits for the object's
/// end and sorts, so that a hostile object of n names costs n log n, whatever the names are.
struct JSONKeyTable {
    private struct Key {
        var range: Range<Int>
        /// The name is in `rewritten`, not in the text.
        var isRewritten: Bool
        /// Where it is in the text.
        var offset: Int
    }

    private static let comparedMax = 32
    private var fingerprints: [UInt64] = []
    private var keys: [Key] = []
    /// Names whose escapes are not in normal form, brought into it.
    private var rewritten: [UInt8] = []

    var count: Int { keys.count }

    /// Adds a name of the innermost object.
    ///
    /// - Parameters:
    ///   - range: The name in the text, without its quotes.
    ///   - isNormal: Whether its escapes are in normal form.
    ///   - first: The index of that object's first name.
    @inline(__always)
    mutating func add(
        _ range: Range<Int>, isNormal: Bool, after first: Int, _ text: Span<UInt8>
    ) throws(JSONSyntaxError) {
        var key = Key(range: range, isRewritten: false, offset: range.lowerBound &- 1)
        let fingerprint: UInt64
        if isNormal {
            fingerprint = ByteComparison.fingerprint(text.extracting(range))
        } else {
            rewrite(&key, text)
            fingerprint = ByteComparison.fingerprint(rewritten.span.extracting(key.range))
        }
        if fingerprints.count &- first < Self.comparedMax {
            for at in first..<fingerprints.count where fingerprints[at] == fingerprint {
                if compare(keys[at], key, text) == 0 { throw duplicate(key) }
            }
        }
        fingerprints.append(fingerprint)
        keys.append(key)
    }

    /// Ends the innermost object.
    mutating func close(from first: Int, _ text: Span<UInt8>) throws(JSONSyntaxError) {
        if fingerprints.count &- first > Self.comparedMax { try checkSorted(from: first, text) }
        fingerprints.removeLast(fingerprints.count &- first)
        keys.removeLast(keys.count &- first)
    }

    private mutating func rewrite(_ key: inout Key, _ text: Span<UInt8>) {
        let start = rewritten.count
        JSONStringCoding.normalise(text.extracting(key.range), into: &rewritten)
        key.range = start..<rewritten.count
        key.isRewritten = true
    }

    private func checkSorted(from first: Int, _ text: Span<UInt8>) throws(JSONSyntaxError) {
        var buckets: [UInt64: Int] = [:]
        buckets.reserveCapacity(keys.count &- first)
        var suspects: [Int] = []
        for at in first..<keys.count {
            if let other = buckets.updateValue(at, forKey: fingerprints[at]) { suspects += [other, at] }
        }
        guard !suspects.isEmpty else { return }
        try checkSuspects(suspects, text)
    }

    /// Compares names that share a fingerprint with another one.
    private func checkSuspects(_ suspects: [Int], _ text: Span<UInt8>) throws(JSONSyntaxError) {
        var sorted = Set(suspects).sorted()
        sortByName(&sorted, text)
        var firstDuplicate: Key?
        for (one, next) in zip(sorted, sorted.dropFirst()) where compare(keys[one], keys[next], text) == 0 {
            let later = keys[one].offset > keys[next].offset ? keys[one] : keys[next]
            if later.offset < firstDuplicate?.offset ?? .max { firstDuplicate = later }
        }
        if let firstDuplicate { throw duplicate(firstDuplicate) }
    }

    /// A merge sort, because a closure for `sort(by:)` cannot take the text's span along.
    private func sortByName(_ order: inout [Int], _ text: Span<UInt8>) {
        var width = 1
        var merged = order
        while width < order.count {
            var start = 0
            while start < order.count {
                let middle = min(start + width, order.count)
                let end = min(middle + width, order.count)
                var (left, right) = (start, middle)
                for at in start..<end {
                    let takesLeft =
                        right == end || (left < middle && compare(keys[order[left]], keys[order[right]], text) <= 0)
                    merged[at] = order[takesLeft ? left : right]
                    if takesLeft { left += 1 } else { right += 1 }
                }
                start = end
            }
            swap(&order, &merged)
            width *= 2
        }
    }

    /// Negative, zero or positive, as the first name comes before, is, or comes after the second.
    private func compare(_ a: Key, _ b: Key, _ text: Span<UInt8>) -> Int {
        switch (a.isRewritten, b.isRewritten) {
        case (false, false): order(text.extracting(a.range), text.extracting(b.range))
        case (true, false): order(rewritten.span.extracting(a.range), text.extracting(b.range))
        case (false, true): order(text.extracting(a.range), rewritten.span.extracting(b.range))
        case (true, true): order(rewritten.span.extracting(a.range), rewritten.span.extracting(b.range))
        }
    }

    private func order(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
        if ByteComparison.areEqual(a, b) { return 0 }
        return ByteComparison.precedes(a, b) ? -1 : 1
    }

    private func duplicate(_ key: Key) -> JSONSyntaxError {
        JSONSyntaxError(
            kind: .duplicateKey, offset: key.offset, expected: "a member name that this object lacks so far")
    }
}
