/// Between the texts of numbers and doubles.
enum JSONNumber {
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The double nearest to a number's text, infinite where it overflows.
    static func double(_ text: Span<UInt8>) -> Double {
        if let value = exactDouble(text) { return value }
        var string = ""
        string.reserveCapacity(text.count)
        for at in text.indices { string.unicodeScalars.append(Unicode.Scalar(text[at])) }
        // The text passed the scanner, and the standard library reads every number of JSON's grammar.
        return Double(string) ?? .infinity
    }

    /// The double by one exact division or none (Clinger's fast path), or nil where that could round twice.
    private static func exactDouble(_ text: Span<UInt8>) -> Double? {
        guard text.count <= 17 else { return nil }
        var mantissa: UInt64 = 0
        var fractionDigits = 0
        var isFraction = false
        var at = 0
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative { at = 1 }
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                guard byte &- UInt8(ascii: "0") < 10 else { return nil }
                mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                if isFraction { fractionDigits &+= 1 }
            }
            at &+= 1
        }
        guard mantissa <= 1 << 53, fractionDigits < powersOfTen.count else { return nil }
        let value = Double(mantissa) / powersOfTen[fractionDigits]
        return isNegative ? -value : value
    }

    /// The integer that the text stands for, if it is one and fits: `3`, `3.0` and `3e0` alike.
    static func integer(_ text: Span<UInt8>) -> Int? {
        var value = 0
        let isNegative = text[0] == UInt8(ascii: "-")
        for at in (isNegative ? 1 : 0)..<text.count {
            guard text[at] &- UInt8(ascii: "0") < 10 else { return Int(exactly: double(text)) }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let digit = Int(text[at] &- UInt8(ascii: "0"))
            let (sum, carried) =
                isNegative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflowed, !carried else { return nil }
            value = sum
        }
        return value
    }

    /// Adds a number as ECMAScript writes it (RFC 8785, section 3.2.2.3; ECMA-262, Number::toString).
    static func writeCanonical(_ text: Span<UInt8>, into out: inout [UInt8]) {
        if isCanonical(text) {
            out.append(copying: text)
        } else {
            write(double(text), into: &out)
        }
    }

    /// Whether the text surely is what ECMAScript would write.
    ///
    /// At most 15 significant digits are never changed by the way through a double, so nothing shorter stands for the
    /// same double.
    private static func isCanonical(_ text: Span<UInt8>) -> Bool {
        guard text.count <= 15 else { return false }
        let start = text[0] == UInt8(ascii: "-") ? 1 : 0
        var hasPoint = false
        for at in start..<text.count {
            if text[at] == UInt8(ascii: ".") {
                hasPoint = true
            } else if text[at] &- UInt8(ascii: "0") > 9 {
                return false
            }
        }
        let beginsWithZero = text[start] == UInt8(ascii: "0")
        guard hasPoint else { return !(beginsWithZero && start == 1) }
        // Below 0.1 the text may have to become an exponent; let the long way decide.
        let isSmall = beginsWithZero && text[start &+ 2] == UInt8(ascii: "0")
        return text[text.count &- 1] != UInt8(ascii: "0") && !isSmall
    }

    /// Adds a finite double as ECMAScript writes it; negative zero as `0`.
    static func write(_ value: Double, into out: inout [UInt8]) {
        precondition(value.isFinite, "JSON has no infinite number")
        guard value != 0 else {
            out.append(UInt8(ascii: "0"))
            return
        }
        if value < 0 { out.append(UInt8(ascii: "-")) }
        let decimal = ShortestDecimal(value.magnitude)
        decimal.write(into: &out)
    }
}

/// The shortest digits that stand for a double, and where the point goes.
private struct ShortestDecimal {
    /// ASCII digits without zeros at either end.
    private var digits: [UInt8] = []
    /// The value is 0.digits × 10^pointAt.
    private var pointAt = 0

    /// - Parameter value: Finite and positive.
    ///
    /// The standard library's description has the shortest digits that read back as the value, and of these the
    /// closest, which is what ECMA-262 asks for; only its layout differs.
    init(_ value: Double) {
        var exponent = 0
        var isFraction = false
        var description = value.description.utf8[...]
        if let mark = description.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(Substring(description[description.index(after: mark)...])) ?? 0
            description = description[..<mark]
        }
        for byte in description {
            if byte == UInt8(ascii: ".") {
                isFraction = true
                continue
            }
            if !isFraction { pointAt += 1 }
            if digits.isEmpty, byte == UInt8(ascii: "0") {
                pointAt -= 1
            } else {
                digits.append(byte)
            }
        }
        pointAt += exponent
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    }

    func write(into out: inout [UInt8]) {
        let zero = UInt8(ascii: "0")
        let point = UInt8(ascii: ".")
        switch pointAt {
        case digits.count...21 where digits.count <= 21:
            out += digits
            out.append(contentsOf: repeatElement(zero, count: pointAt - digits.count))
        case 1...21:
            out += digits[..<pointAt]
            out.append(point)
            out += digits[pointAt...]
        case -5...0:
            out += [zero, point]
            out.append(contentsOf: repeatElement(zero, count: -pointAt))
            out += digits
        default:
            writeExponential(into: &out)
        }
    }

    private func writeExponential(into out: inout [UInt8]) {
        out.append(digits[0])
        if digits.count > 1 {
            out.append(UInt8(ascii: "."))
            out += digits[1...]
        }
        let exponent = pointAt - 1
        out += [UInt8(ascii: "e"), exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")]
        out += Array(String(exponent.magnitude).utf8)
    }
}
