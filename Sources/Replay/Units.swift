import WallClock

/// Numbers as people read them.
package enum Units {
    /// `1,234,567`.
    package static func count(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "-" + text : text
    }

    /// `312 B`, `4.0 KiB`, `1.2 GiB`.
    package static func bytes(_ number: some BinaryInteger) -> String {
        var value = Double(number)
        guard value >= 1024 else { return "\(number) B" }
        var unit = 0
        let names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        while value >= 1024, unit < names.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(decimal(value)) \(names[unit])"
    }

    /// `0:07`, `12:03`, `1:02:03`, `3 d 4 h`; whole seconds, rounded up so that nothing that is left reads as zero.
    package static func remaining(milliseconds: Int64) -> String {
        let seconds = Int((max(0, milliseconds) + 999) / 1000)
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        if hours > 0 { return "\(hours):\(minutes.padded(to: 2)):\((seconds % 60).padded(to: 2))" }
        return "\(minutes):\((seconds % 60).padded(to: 2))"
    }

    /// `340 ms`, `12 s`, `7 min`, `3 h 20 min`, `12 d 4 h`: how long something lasted.
    package static func length(milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        switch seconds {
        case ..<1: return "\(milliseconds) ms"
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min"
        case ..<86_400: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
        default: return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
        }
    }

    /// One digit after the point below 100, none above.
    private static func decimal(_ value: Double) -> String {
        value >= 99.95 ? String(Int(value.rounded())) : tenths(value)
    }

    /// One digit after the point; not for negative numbers.
    static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// `1 event`, `12 events`.
    package static func plural(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
        number == 1 ? "1 \(one)" : "\(count(number)) \(many ?? one + "s")"
    }
}
