/// What a part of a form says about itself.
package struct MultipartHead: Sendable, Equatable {
    /// The form field's name.
    package let name: String
    /// The file's name as the client sent it; nil for a plain field, empty when no file was chosen.
    package let fileName: String?
    /// The media type that the client names, if it does.
    package let contentType: String?

    /// A head from its parts.
    package init(name: String, fileName: String?, contentType: String?) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
    }

    /// Reads the header lines of one part, up to and including the empty line.
    package init(headerBytes: ArraySlice<UInt8>) throws(MultipartError) {
        guard let text = String(validating: headerBytes, as: UTF8.self) else {
            throw .malformedHeaders("they are not UTF-8")
        }
        var disposition: ParameterisedValue?
        var contentType: String?
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: true) {
            guard let colon = line.firstIndex(of: ":") else { throw .malformedHeaders("a line has no colon") }
            let value = String(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition": disposition = ParameterisedValue(value)
            case "content-type": contentType = ParameterisedValue(value).value
            default: break
            }
        }
        guard let disposition, disposition.value.lowercased() == "form-data" else {
            throw .malformedHeaders("a part has no 'Content-Disposition: form-data'")
        }
        guard let name = disposition.parameters["name"] else { throw .malformedHeaders("a part has no name") }
        self.init(name: name, fileName: disposition.parameters["filename"], contentType: contentType)
    }
}

/// A header value with parameters: `form-data; name="file"; filename="a b.png"`.
package struct ParameterisedValue: Sendable, Equatable {
    /// What stands before the first semicolon, without blanks around it.
    package let value: String
    /// The parameters by lower-case name; a quoted value is unquoted, the last one wins.
    package let parameters: [String: String]

    /// Takes a header's value apart.
    ///
    /// Browsers put raw UTF-8 into the quotes and escape nothing but `"`.
    package init(_ text: String) {
        var scanner = Scanner(rest: Substring(text).unicodeScalars)
        self.value = scanner.until(";")
        var parameters: [String: String] = [:]
        while scanner.skip(";") {
            let name = scanner.until("=", stopAt: ";").lowercased()
            guard scanner.skip("=") else { continue }
            let value = scanner.value()
            if !name.isEmpty { parameters[name] = value }
        }
        self.parameters = parameters
    }

    /// A cursor over the header's text; by scalars, as a combining mark after a quote mustn't hide the quote.
    private struct Scanner {
        var rest: Substring.UnicodeScalarView

        mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
            guard rest.first == scalar else { return false }
            rest.removeFirst()
            return true
        }

        mutating func until(_ end: Unicode.Scalar, stopAt other: Unicode.Scalar? = nil) -> String {
            let taken = rest.prefix { $0 != end && $0 != other }
            rest = rest[taken.endIndex...]
            return Self.trimmed(taken)
        }

        /// A token, or a quoted string in which `\"` is a quote; every other backslash is one (Windows paths).
        mutating func value() -> String {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard skip("\"") else { return until(";") }
            var out = String.UnicodeScalarView()
            while let scalar = rest.popFirst(), scalar != "\"" {
                if scalar == "\\", rest.first == "\"" {
                    rest.removeFirst()
                    out.append("\"")
                } else {
                    out.append(scalar)
                }
            }
            _ = until(";")
            return String(out)
        }

        private static func trimmed(_ text: Substring.UnicodeScalarView) -> String {
            var text = text.drop { $0 == " " || $0 == "\t" }
            while let last = text.last, last == " " || last == "\t" { text.removeLast() }
            return String(text)
        }
    }
}
