/// What of a file a request is answered with.
package enum ByteRange: Sendable, Equatable {
    /// The whole file, status 200.
    case whole
    /// These bytes, status 206.
    case part(Range<Int64>)
    /// Nothing of what was asked for exists, status 416.
    case unsatisfiable
    /// The header is no range, status 400 (or the whole file, as RFC 9110 14.2 allows).
    case malformed(String)

    /// Reads a `Range` header (RFC 9110 section 14.1.2) against a file.
    ///
    /// Several ranges at once are answered with the whole file: a multipart answer is nothing that a browser's
    /// media element asks for, and the old server got its length wrong (CONTRACT.md F40).
    ///
    /// - Parameters:
    ///   - header: The `Range` header's value, nil without one.
    ///   - ifRange: The `If-Range` header's value: a tag or a date that must be the file's, else the whole file.
    ///   - size: The file's length in bytes.
    ///   - validators: The file's entity tag and its Last-Modified date, as sent.
    package static func decide(header: String?, ifRange: String?, size: Int64, validators: [String]) -> ByteRange {
        guard let header else { return .whole }
        if let ifRange, !validators.contains(ifRange) { return .whole }
        let parts = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return .malformed("Malformed range header.") }
        guard trim(parts[0]).lowercased() == "bytes" else { return .malformed("Only support bytes range") }
        let ranges = parts[1].split(separator: ",").map(trim).filter { !$0.isEmpty }
        guard let first = ranges.first else { return .malformed("Range header: range must be requested") }
        let decided = ranges.map { one($0, size: size) }
        if let malformed = decided.first(where: { if case .malformed = $0 { true } else { false } }) {
            return malformed
        }
        return ranges.count > 1 ? .whole : one(first, size: size)
    }

    /// One `a-b`, `a-` or `-k`.
    private static func one(_ text: Substring, size: Int64) -> ByteRange {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(trim)
        guard ends.count == 2 else { return .malformed("Malformed range header.") }
        switch (number(ends[0]), number(ends[1])) {
        case (nil, let length?) where ends[0].isEmpty:
            guard length > 0, size > 0 else { return .unsatisfiable }
            return .part(max(0, size - length)..<size)
        case (let start?, nil) where ends[1].isEmpty:
            return start < size ? .part(start..<size) : .unsatisfiable
        case (let start?, let end?):
            guard start <= end else { return .malformed("Range header: start must be less than end") }
            return start < size ? .part(start..<min(end, size - 1) + 1) : .unsatisfiable
        default:
            return .malformed("Malformed range header.")
        }
    }

    /// Digits only; a number beyond 64 bits counts as the largest there is.
    private static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(text) ?? Int64.max - 1
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
