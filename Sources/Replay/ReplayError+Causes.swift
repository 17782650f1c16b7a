import Journal
import Table

extension ReplayError {
    /// What an error of the journal means for a question: all are "could not read", but for a wrong offset.
    init(_ error: JournalError) {
        switch error {
        case .offsetOutOfRange: self = .no("\(error)")
        case .notAJournal(let folder):
            self = .unreadable(
                "\(folder): no journal here (no \(JournalFolder.identityName))",
                hint: "Give the table's folder, or the one that holds it, with --journal DIR.")
        case .locked(let path, let holder):
            let process = holder.isEmpty ? "another process" : "process \(holder.trimmingSpaces())"
            self = .unreadable(
                "\(path): \(process) is writing this journal",
                hint: "Stop it first. Only restore, undo and redo can go through a running server, with --server URL.")
        default: self = .writing("\(error)", hint: "", because: error)
        }
    }

    /// What an error of the table means for a question.
    init(_ error: TableError) {
        switch error {
        case .journal(let error): self.init(error)
        case .offsetOutOfRange: self = .no("\(error)")
        default: self = .unreadable("\(error)", hint: "")
        }
    }

    /// What an error of the disk means for a question.
    init(_ error: FileError) {
        self = .writing("\(error)", hint: "", because: error)
    }

    /// What an error means for work that writes: ``noSpace(_:hint:)`` where the disk is full, else ``unreadable(_:hint:)``.
    static func writing(_ problem: String, hint: String, because error: any Error) -> ReplayError {
        isDiskFull(error) ? .noSpace(problem, hint: hint) : .unreadable(problem, hint: hint)
    }

    private static func isDiskFull(_ error: any Error) -> Bool {
        switch error {
        case let error as FileError: error.isDiskFull
        case JournalError.io(let error), JournalError.refused(let error): error.isDiskFull
        default: false
        }
    }
}
