import NIOCore
import Synchronization

/// Counts what the server does, for `/metrics`.
///
/// Safe from every thread.
package final class ServerMetrics: Sendable {
    /// From a commit to the moment when all clients of one event loop that take it were handed it.
    package let fanOut = LatencyHistogram()

    /// Methods that the server doesn't know are counted together, or a client could make up any number of series.
    private static let methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"]
    private static let otherMethod = "other"

    private let routes = Mutex<[RouteCounter]>([])
    private let unmatched: [String: RouteCounter]
    /// Preflights of browsers, which are answered on every path.
    let preflights = RouteCounter(method: "OPTIONS", route: "preflight")
    private let uploaded = Atomic<Int>(0)
    private let connections = Atomic<Int>(0)

    /// Everything at zero.
    package init() {
        let counters = (Self.methods + [Self.otherMethod]).map { RouteCounter(method: $0, route: "none") }
        unmatched = Dictionary(uniqueKeysWithValues: counters.map { ($0.method, $0) })
    }

    /// The counter of a new route, to be asked for once.
    package func counter(method: String, route: String) -> RouteCounter {
        let counter = RouteCounter(method: method, route: route)
        routes.withLock { $0.append(counter) }
        return counter
    }

    /// The counter of requests that no route fits.
    func unmatched(method: String) -> RouteCounter? { unmatched[method] ?? unmatched[Self.otherMethod] }

    /// A file was taken, of this many bytes.
    package func uploaded(byteCount: Int) {
        uploaded.add(byteCount, ordering: .relaxed)
    }

    /// A connection was accepted, whatever will be spoken on it.
    package func accepted(_ connection: any Channel) {
        connections.add(1, ordering: .relaxed)
        connection.closeFuture.whenComplete { [self] _ in connections.subtract(1, ordering: .relaxed) }
    }

    /// How many connections are open, of whatever kind.
    package var connectionCount: Int { connections.load(ordering: .relaxed) }

    /// The lines of these counters in Prometheus' text format.
    package var text: String {
        var text = PrometheusText()
        // A route that nobody asked for has no series: there are dozens, with twenty lines each.
        let asked = (routes.withLock { $0 } + unmatched.values + [preflights])
            .map { (counter: $0, seconds: $0.seconds.reading) }
            .filter { $0.seconds.count > 0 }
            .sorted { ($0.counter.route, $0.counter.method) < ($1.counter.route, $1.counter.method) }
        text.counter("spelltable_http_requests_total", "Answered requests, by route and class of status.")
        for (counter, _) in asked {
            for (status, count) in counter.countsByStatusClass {
                text.value(count, labels: counter.labels + [("status", status)])
            }
        }
        text.histogram(
            "spelltable_http_request_seconds",
            "From a request's head to its answer's, by route; the answer's body takes its own time.")
        for (counter, seconds) in asked { text.value(seconds, labels: counter.labels) }
        text.histogram(
            "spelltable_fanout_seconds",
            "From a commit to the moment when it was handed to the sockets of all clients of an event loop that take it."
        )
        text.value(fanOut.reading)
        text.counter("spelltable_uploaded_bytes_total", "Bytes of uploaded files that were kept.")
        text.value(uploaded.load(ordering: .relaxed))
        return text.text
    }
}
