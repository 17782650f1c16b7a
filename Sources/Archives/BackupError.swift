import Table

/// Why a backup archive isn't taken.
package enum BackupError: Error, CustomStringConvertible {
    /// It is no archive, is damaged, or has an entry that it must not have.
    case invalid(String)
    /// It unpacks to too much.
    case tooLarge(String)
    /// A path or a document that the table refuses.
    case refused(CommandError)

    package var description: String {
        switch self {
        case .invalid(let reason), .tooLarge(let reason): reason
        case .refused(let error): error.message
        }
    }
}
