/// Why a question to a journal has no answer.
///
/// Each case stands for one exit code of `spell-replay`, so that a script can tell "the answer is no" from "I could
/// not find out".
package enum ReplayError: Error, Equatable {
    /// The question makes no sense as it was asked; `hint` says what would.
    case usage(String, hint: String)
    /// The question was understood, and the answer is no: nothing matched, or there is nothing to do.
    case no(String)
    /// A file or folder could not be read or written; `hint` says what to do about it.
    case unreadable(String, hint: String)
    /// Something could not be written as there is no room for it: nobody's fault, and the same can be tried again.
    case noSpace(String, hint: String)

    /// 1 for no, 2 for usage, 3 for what the disk didn't do.
    package var exitCode: Int32 {
        switch self {
        case .no: 1
        case .usage: 2
        case .unreadable, .noSpace: 3
        }
    }
}

extension ReplayError {
    /// There is no such event.
    ///
    /// - Parameter typed: Its offset, or its negative number from the end.
    static func noEvent(_ typed: Int64, first: Int64, newest: Int64) -> ReplayError {
        let extent = newest < first ? "no events yet" : "\(first) to \(newest)"
        return .no("there is no event \(typed): this journal holds \(extent)")
    }
}

extension ReplayError: CustomStringConvertible {
    /// What is wrong and, on a second line, what would be right.
    package var description: String {
        switch self {
        case .no(let problem): problem
        case .usage(let problem, let hint), .unreadable(let problem, let hint), .noSpace(let problem, let hint):
            hint.isEmpty ? problem : "\(problem)\n  \(hint)"
        }
    }

    /// The same in one line.
    package var sentence: String { description.replacing("\n  ", with: ". ") }
}
