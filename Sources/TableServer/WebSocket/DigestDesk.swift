import NIOCore
import NIOPosix
import Table

/// Digests of committed documents for the clients of one event loop.
///
/// Hashing a table for the first time takes a second per 100 MB or so, hence a worker does it, once for all who ask about
/// the same state.
final class DigestDesk {
    private let services: HubServices
    private let eventLoop: any EventLoop
    private var newest: (offset: Int64, digest: String)?
    private var waiting: [Int64: [(String) -> Void]] = [:]

    init(services: HubServices, eventLoop: any EventLoop) {
        self.services = services
        self.eventLoop = eventLoop
    }

    /// Calls back with the digest, at once if it is known; never, if the server is stopping.
    func digest(of state: CommittedState, then: @escaping (String) -> Void) {
        if let newest, newest.offset == state.offset { return then(newest.digest) }
        let isFirst = waiting[state.offset] == nil
        waiting[state.offset, default: []].append(then)
        guard isFirst else { return }
        services.workers.runIfActive(eventLoop: eventLoop) { state.digest() }
            .assumeIsolated()
            .whenComplete { result in self.finish(state.offset, result) }
    }

    private func finish(_ offset: Int64, _ result: Result<String, any Error>) {
        let callers = waiting.removeValue(forKey: offset) ?? []
        // The only failure is that the workers have stopped; then every connection is being closed.
        guard case .success(let digest) = result else { return }
        if offset >= newest?.offset ?? .min { newest = (offset, digest) }
        for caller in callers { caller(digest) }
    }
}

@available(*, unavailable)
extension DigestDesk: Sendable {}
