import NIOCore

@testable import TableServer

/// How many of the tests' servers run at once.
///
/// All tests begin together, each with a server of its own. Some hundred servers on two cores, several times slower under a
/// sanitizer, would keep each other from reading a request within the server's time limits.
actor ServerSlots {
    static let shared = ServerSlots(count: 6)

    /// A test that runs two servers, one within the other, has one slot, or such tests could wait for each other.
    @TaskLocal private static var holdsSlot = false

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { free = count }

    /// Runs `body` as soon as a slot is free.
    nonisolated func withSlot<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard !Self.holdsSlot else { return try await body() }
        await take()
        // Not in a `defer`, which can't await.
        let result: Result<Value, any Error>
        do {
            result = .success(try await Self.$holdsSlot.withValue(true) { try await body() })
        } catch {
            result = .failure(error)
        }
        await giveBack()
        return try result.get()
    }

    private func take() async {
        guard free == 0 else { return free -= 1 }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func giveBack() {
        guard !waiting.isEmpty else { return free += 1 }
        waiting.removeFirst().resume()
    }
}

extension ServerConfiguration {
    /// A free port of the loopback, and patience with a client whose thread is kept from running: where a time limit is
    /// what is tested, the test sets it.
    static var forTests: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = "127.0.0.1"
        configuration.port = 0
        configuration.webSocket.firstRequestTimeout = .seconds(60)
        return configuration
    }
}
