import JSONDocument
import Table

/// Whether the server should be sent clients, for `/ready` and `/status`.
package enum Readiness: Sendable, Equatable {
    case ready
    /// It was asked to stop.
    case stopping
    /// It takes no changes until it is started again, or ever, as it plays a recording.
    case readOnly(reason: String)
    /// The newest change didn't get to the disk; the next one may.
    case refusing(reason: String)

    /// What matters most of what is the case.
    package init(isStopping: Bool, writability: TableWritability, refusal: String?) {
        if isStopping {
            self = .stopping
        } else if case .readOnly(let reason) = writability {
            self = .readOnly(reason: reason)
        } else if let refusal {
            self = .refusing(reason: refusal)
        } else {
            self = .ready
        }
    }

    /// One word for programs.
    package var status: String {
        switch self {
        case .ready: "ready"
        case .stopping: "stopping"
        case .readOnly: "read-only"
        case .refusing: "refusing"
        }
    }

    /// A sentence for people; nil where all is well.
    package var reason: String? {
        switch self {
        case .ready: nil
        case .stopping: "the server is stopping"
        case .readOnly(let reason), .refusing(let reason): reason
        }
    }
}
