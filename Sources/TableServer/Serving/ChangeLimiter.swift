import HTTPTypes
import NIOCore
import Sync
import Synchronization

/// Refuses clients that make more changes over REST than the limit allows: 429 with `Retry-After`.
///
/// A client is an address. Reads are not limited. Safe from every thread.
package final class ChangeLimiter: Sendable {
    private let clients: Mutex<ClientRateLimits?>
    private let limitsOwnMachine: Bool
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - limits: What one client may do; nil for anything.
    ///   - limitsOwnMachine: Whether that holds for programs on this machine, too.
    ///   - now: Milliseconds of any monotonic clock.
    package init(
        _ limits: RateLimit.Limits?, limitsOwnMachine: Bool = false,
        now: @escaping @Sendable () -> Int64 = ChangeLimiter.uptime
    ) {
        self.clients = Mutex(limits.map { ClientRateLimits(limits: $0, now: now()) })
        self.limitsOwnMachine = limitsOwnMachine
        self.now = now
    }

    /// Counts a request if it may change something.
    ///
    /// - Parameter peer: The other end's address without its port; nil where it has none.
    /// - Throws: ``Refusal`` (429) if this client has made too many lately; this one isn't carried out then.
    package func check(_ request: HTTPRequest, peer: String?) throws {
        guard ![.get, .head, .options].contains(request.method),
            let client = Self.client(peer: peer, forwardedFor: request.headerFields[.forwardedFor])
                ?? (limitsOwnMachine ? peer : nil)
        else { return }
        let waitingTime = clients.withLock { $0?.admit(client, now: now()) }
        if let waitingTime { throw Refusal.tooManyChanges(waitingTime: waitingTime) }
    }

    /// Whose request it is; nil for programs on this machine, which are not limited unless the operator set a limit.
    ///
    /// Anybody can write `X-Forwarded-For`, so it counts only where a proxy on this machine is the peer, and of it only the
    /// last address, which that proxy added: otherwise all of a proxy's clients would be one. A peer on this machine that
    /// forwards for nobody is the operator's own tool.
    static func client(peer: String?, forwardedFor: String?) -> String? {
        guard let peer else { return "unknown" }
        guard isLoopback(peer) else { return peer }
        let last = forwardedFor?.split(separator: ",").last { !$0.allSatisfy(\.isWhitespace) }
        return last.map { String($0.filter { !$0.isWhitespace }.prefix(64)) }
    }

    private static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }

    /// The time since the machine was started, in milliseconds.
    package static let uptime: @Sendable () -> Int64 = {
        Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)
    }
}

extension HTTPField.Name {
    /// The addresses that a request came through, as proxies write them.
    static let forwardedFor = wellFormed("x-forwarded-for")
}
