import JSONDocument
import Journal

/// Where undo, redo and restore requests become commands: a thread that reads the past, so that the writer needn't.
///
/// Requests come here when they had their turn in the queue, one after the other, and each waits for its change to be
/// committed before the next looks: two undos sent at once take back two changes.
final class HistoryThread: Sendable {
    /// What the thread is asked for.
    private enum Job: Sendable {
        case change(HistoryRequest)
        case call(@Sendable () -> Void)
    }

    private let thread: GroupCommitter<Job>

    /// What the thread works with.
    struct Desk: Sendable {
        /// Makes the command that a request means.
        let resolver: HistoryResolver
        /// What is committed now.
        let present: @Sendable () -> HistoryResolver.Present
        /// What a decision that only looks may know.
        let context: @Sendable () -> DecisionContext
        /// Puts the command into the writer's queue; calls the completion in any case.
        let submit: @Sendable (CommandRequest, @escaping CommandCompletion) -> Void
    }

    init(_ desk: Desk) {
        self.thread = GroupCommitter(
            name: "history", capacity: .max,
            process: { jobs in
                for job in jobs {
                    switch job {
                    case .change(let request): Self.carryOut(request, desk)
                    case .call(let body): body()
                    }
                }
            },
            idle: {})
    }

    /// Takes a request over; its completion is called in any case.
    func take(_ request: HistoryRequest) {
        guard self.thread.submit(.change(request)) else {
            request.completion(.failure(.closing))
            return
        }
    }

    /// Runs `body` on this thread, after everything taken before; `false` if it was stopped.
    func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        self.thread.submit(.call(body))
    }

    /// Finishes what was taken, for which the writer must still be running.
    func stop() {
        self.thread.stop()
    }

    private static func carryOut(_ history: HistoryRequest, _ desk: Desk) {
        var request = history.request
        do throws(CommandError) {
            let present = desk.present()
            guard !request.command.isDryRun else {
                let rehearsal = try desk.resolver.rehearse(request, present: present, context: desk.context())
                return history.completion(.success(CommandOutcome(offset: nil, answer: rehearsal.answer)))
            }
            request.command = try desk.resolver.resolve(request, present: present, through: history.through)
        } catch {
            history.completion(.failure(error))
            return
        }
        let answer = WaitingAnswer()
        desk.submit(request) { result in
            history.completion(result)
            answer.set(result)
        }
        _ = answer.wait()
    }
}
