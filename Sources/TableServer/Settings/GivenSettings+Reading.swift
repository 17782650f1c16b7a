/// How what was written is read; each throws an error that names the place.
extension GivenSettings {
    typealias Invalid = ServerSettings.Invalid

    /// Text as it stands; empty only where nothing was given and there is no default.
    ///
    /// An empty folder would be the disk's root.
    func text(_ setting: Setting) throws(Invalid) -> String {
        let text = written(setting)
        guard !text.isEmpty || given(setting) == nil else {
            throw invalid(setting, "a value; where the setting isn't given, its default holds")
        }
        return text
    }

    private func written(_ setting: Setting) -> String { value(setting).texts.last ?? "" }

    /// A whole number.
    func number(
        _ setting: Setting, in range: ClosedRange<Int64>, _ expected: String
    ) throws(Invalid) -> Int64 {
        let text = written(setting)
        guard let number = Int64(text), range.contains(number) else { throw invalid(setting, expected) }
        return number
    }

    /// A size in bytes.
    ///
    /// - Parameter range: What can be worked with.
    func byteCount(_ setting: Setting, in range: ClosedRange<Int64> = 1...Int64.max) throws(Invalid) -> Int64 {
        guard let count = ByteCount.parse(written(setting)), range.contains(count) else {
            let least = range.lowerBound > 1 ? ", at least \(range.lowerBound) bytes" : ""
            let most = range.upperBound < .max ? ", at most \(range.upperBound) bytes" : ""
            throw invalid(setting, "a size such as 500M, 2G or a number of bytes\(least)\(most)")
        }
        return count
    }

    /// A span of time in seconds.
    func periodSeconds(_ setting: Setting, in range: ClosedRange<Int64>) throws(Invalid) -> Int64 {
        guard let seconds = Period.parse(written(setting)), range.contains(seconds) else {
            throw invalid(
                setting,
                "a period such as 24h, 30m, 90s or 7d, from \(range.lowerBound)s to \(range.upperBound / 86_400)d")
        }
        return seconds
    }

    /// One of an enumeration's names, in any case.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ setting: Setting) throws(Invalid) -> Choice {
        guard let choice = Choice(rawValue: written(setting).lowercased()) else {
            throw invalid(setting, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// Yes or no.
    func yesNo(_ setting: Setting) throws(Invalid) -> Bool {
        switch written(setting).lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw invalid(setting, "yes or no (or 1, true, on; 0, false, off)")
        }
    }

    private func invalid(_ setting: Setting, _ expected: String) -> Invalid {
        Invalid(name: value(setting).place, value: written(setting), expected: expected)
    }
}
