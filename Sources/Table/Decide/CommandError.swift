import JSONDocument

/// Why a command was refused; nothing was changed (except possibly for ``Code/outcomeUnknown``).
///
/// The texts are those of the wire contract, section 3; ``Code`` says which HTTP status and which `code` of an `error`
/// line it becomes.
package struct CommandError: Error, Sendable, Equatable {
    /// What kind of refusal it is.
    package enum Code: Sendable, Hashable, CaseIterable {
        /// The addressed thing does not exist.
        case notFound
        /// The request's meaning is wrong: a path that breaks the rules, a missing name.
        case invalid
        /// Fields are missing or of the wrong type; ``CommandError/fields`` lists them.
        case validation
        /// Something else stands in the way, or changed after the client looked.
        case conflict
        /// A folder of that name exists already (the contract answers 400, not 409).
        case exists
        /// The command's id was used before for another content.
        case idReused
        /// The change doesn't fit the journal's limits.
        case tooLarge
        /// Too many changes are waiting; the same one may be taken in a moment.
        case busy
        /// The table takes no changes until it is restarted.
        case readOnly
        /// The disk is full: nothing was changed, and the same change may work once there is room.
        case storageFull
        /// The disk failed while the change was being written: it may or may not be there after a restart.
        case outcomeUnknown
        /// The kind of content or the command isn't one that this server takes.
        case unsupported

        /// The `code` member of the event protocol's `error` line.
        package var name: String {
            switch self {
            case .notFound: "not-found"
            case .invalid: "invalid"
            case .validation: "validation"
            case .conflict: "conflict"
            case .exists: "exists"
            case .idReused: "id-reused"
            case .tooLarge: "too-large"
            case .busy: "busy"
            case .readOnly: "read-only"
            case .storageFull: "storage-full"
            case .outcomeUnknown: "outcome-unknown"
            case .unsupported: "unsupported"
            }
        }

        /// The HTTP status of the answer.
        package var httpStatus: Int {
            switch self {
            case .notFound: 404
            case .invalid, .exists: 400
            case .validation: 422
            case .conflict, .idReused: 409
            case .tooLarge: 413
            case .busy, .readOnly, .outcomeUnknown: 503
            case .storageFull: 507
            case .unsupported: 415
            }
        }
    }

    package let code: Code
    /// The text for the user, such as `Scene not found`.
    package let message: String
    /// For ``Code/validation``: each field that is wrong; otherwise empty.
    package let fields: [FieldError]
    /// What a program can act on besides the text, such as what an undo is in conflict with: an object whose members
    /// stand in the answer beside the text.
    package let details: JSONValue

    package init(_ code: Code, _ message: String, details: JSONValue = .object([])) {
        self.code = code
        self.message = message
        self.fields = []
        self.details = details
    }

    /// A refusal that lists the fields, in the order in which the body declares them.
    package init(fields: [FieldError]) {
        self.code = .validation
        self.fields = fields
        self.details = .object([])
        self.message = fields.map(\.summary).joined(separator: "; ")
    }

    /// The contract's `detail`: the message, or for a validation the list of fields.
    ///
    /// - Parameter place: Where the fields came from, `loc`'s first element: `body`, `query` or `path`.
    package func detail(in place: String = "body") -> JSONValue {
        code == .validation ? .array(fields.map { $0.jsonValue(in: place) }) : .string(message)
    }
}

extension CommandError: CustomStringConvertible {
    package var description: String { "\(code.name): \(message)" }
}

extension CommandError {
    /// A body is required and there is none, or it is `null`.
    package static let missingBody = CommandError(fields: [FieldError.missing([], input: .null)])

    /// What a body that is not JSON is answered with (contract, section 1).
    ///
    /// A text that isn't UTF-8 or is nested too deep can't be pointed into: 400, and one over the size limit 413. All
    /// else is 422 with the byte offset.
    package static func invalidJSON(_ error: JSONSyntaxError) -> CommandError {
        switch error.kind {
        case .utf8, .depth: CommandError(.invalid, "There was an error parsing the body")
        case .size: CommandError(.tooLarge, "The body is too large")
        default:
            CommandError(fields: [
                FieldError(
                    type: "json_invalid", loc: [.number(error.offset)], msg: "JSON decode error", input: .object([]),
                    context: ["error": .string(error.expected)])
            ])
        }
    }
}
