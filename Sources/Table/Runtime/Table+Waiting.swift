import Dispatch
import Synchronization

extension Table {
    /// Does a command and waits for its answer; for threads that may wait, never for a sink or a completion.
    package func submitAndWait(_ request: CommandRequest) throws(CommandError) -> CommandOutcome {
        let answer = WaitingAnswer()
        self.submit(request) { answer.set($0) }
        return try answer.wait().get()
    }
}

/// An answer that one thread gives and another waits for.
final class WaitingAnswer: Sendable {
    private let result = Mutex<Result<CommandOutcome, CommandError>>(.failure(.closing))
    private let isSet = DispatchSemaphore(value: 0)

    func set(_ result: Result<CommandOutcome, CommandError>) {
        self.result.withLock { $0 = result }
        self.isSet.signal()
    }

    func wait() -> Result<CommandOutcome, CommandError> {
        self.isSet.wait()
        return self.result.withLock { $0 }
    }
}
