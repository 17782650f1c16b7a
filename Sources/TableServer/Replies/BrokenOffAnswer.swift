import Logging

extension Logger {
    /// Makes the next part of an answer whose status is out already.
    ///
    /// An error can only break the connection off then, and nobody would know why: it is told here. What the client does
    /// (it may go at any time) is no part of `body`.
    func tellingBreakOff<Part>(_ body: () async throws -> Part) async throws -> Part {
        do {
            return try await body()
        } catch let error as CancellationError {
            throw error
        } catch {
            self.error("An answer was broken off in the middle", metadata: ["error": "\(error)"])
            throw error
        }
    }
}
