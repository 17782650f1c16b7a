/// Why a text is no JSON that this system accepts, and where.
package struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of fault, for callers that answer them differently.
    package enum Kind: Sendable, Equatable {
        /// Not RFC 8259's grammar.
        case syntax
        /// More containers inside each other than the limit.
        case depth
        /// A longer text than the limit.
        case size
        /// Bytes that are no UTF-8.
        case utf8
        /// A member name that its object already has.
        case duplicateKey
        /// Half of a surrogate pair in a `\u` escape: it has no UTF-8 form.
        case loneSurrogate
        /// A number beyond the range of a double, so that other readers would see infinity.
        case numberOverflow
    }

    /// The fault's kind.
    package let kind: Kind
    /// Where the fault is, in bytes from the start of the text; the text's length where it ends too early.
    package let offset: Int
    /// What would have been right there.
    package let expected: String

    /// A message for a log or an answer: what, where, and what would have been right.
    package var description: String { "JSON refused at byte \(offset): expected \(expected)" }

    /// - Parameters:
    ///   - kind: The fault's kind.
    ///   - offset: Bytes from the start of the text.
    ///   - expected: What would have been right, without "expected".
    package init(kind: Kind, offset: Int, expected: String) {
        self.kind = kind
        self.offset = offset
        self.expected = expected
    }
}
