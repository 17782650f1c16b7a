/// Why a patch was refused; the document is as it was.
package enum JSONPatchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The patch's text is no JSON.
    case syntax(JSONSyntaxError)
    /// The patch is no array.
    case notAnArray
    /// An operation that makes no sense anywhere: without an `op`, with a broken pointer, moving into itself, …
    case invalidOperation(index: Int, reason: String)
    /// There is nothing at the place.
    case pathNotFound(index: Int, path: JSONPointer)
    /// An array has no such index.
    case invalidIndex(index: Int, path: JSONPointer)
    /// A `test` found another value.
    case testFailed(index: Int, path: JSONPointer)
    /// The document would nest deeper than ``JSONLimits/depthMax``, so that it could not be read again.
    case tooDeep(index: Int, path: JSONPointer)
    /// The operations up to this one move or copy more than ``JSONPatchLimits/effort`` allows.
    case tooCostly(index: Int, limit: Int)

    /// A message for an answer: which operation, where, and why.
    package var description: String {
        switch self {
        case .syntax(let error): "patch: \(error)"
        case .notAnArray: "patch refused: expected an array of operations"
        case .invalidOperation(let index, let reason): "patch operation \(index) refused: \(reason)"
        case .pathNotFound(let index, let path): "patch operation \(index) refused: nothing is at \"\(path)\""
        case .invalidIndex(let index, let path):
            "patch operation \(index) refused: \"\(path)\" needs an array index, or - to append, within the array"
        case .testFailed(let index, let path): "patch operation \(index) refused: test failed at \"\(path)\""
        case .tooDeep(let index, let path):
            "patch operation \(index) refused: more than \(JSONLimits.depthMax) levels of nesting at \"\(path)\""
        case .tooCostly(let index, let limit):
            "patch operation \(index) refused: up to here the patch moves or copies more than \(limit) elements and bytes"
        }
    }
}
