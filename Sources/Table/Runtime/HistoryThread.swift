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

    /// - Parameters:
    ///   - resolver: Makes the command that a request means.
    ///   - submit: Puts the command into the writer's queue; calls the completion in any case.
    init(resolver: HistoryResolver, submit: @escaping @Sendable (CommandRequest, @escaping CommandCompletion) -> Void) {
        self.thread = GroupCommitter(
            name: "history", capacity: .max,
            process: { jobs in
                for job in jobs {
                    switch job {
                    case .change(let request): Self.carryOut(request, resolver, submit)
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

    private static func carryOut(
        _ history: HistoryRequest, _ resolver: HistoryResolver,
        _ submit: (CommandRequest, @escaping CommandCompletion) -> Void
    ) {
        var request = history.request
        do throws(CommandError) {
            request.command = try resolver.resolve(request, through: history.through)
        } catch {
            history.completion(.failure(error))
            return
        }
        let answer = WaitingAnswer()
        submit(request) { result in
            history.completion(result)
            answer.set(result)
        }
        _ = answer.wait()
    }
}
