/// An archive that can't be read or written.
package struct ZipError: Error, Equatable, CustomStringConvertible {
    /// What was being done, such as `reading the next entry`.
    package let action: String
    /// What libarchive says about it.
    package let reason: String

    /// An error from its two parts.
    package init(action: String, reason: String) {
        self.action = action
        self.reason = reason
    }

    package var description: String { "ZIP archive: \(action): \(reason)" }
}
