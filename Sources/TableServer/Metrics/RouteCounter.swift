import Synchronization

/// Counts the requests to one route, by the class of their answers and by how long they took.
///
/// The route is known by its pattern: what stands in a path is the client's, and would make a series of its own each time.
/// Safe from every thread, without locks.
package final class RouteCounter: Sendable {
    /// The method, in capitals.
    package let method: String
    /// The pattern, as it stands in the route table.
    package let route: String
    /// From the request's head to the answer's.
    package let seconds = LatencyHistogram()

    /// 1xx to 5xx, and behind them what is no status.
    private let statuses: InlineArray<6, Atomic<Int>>

    init(method: String, route: String) {
        self.method = method
        self.route = route
        statuses = InlineArray { _ in Atomic(0) }
    }

    /// A request was answered.
    package func answered(status: Int, after time: Duration) {
        let place = (100..<600).contains(status) ? status / 100 - 1 : 5
        statuses[place].wrappingAdd(1, ordering: .relaxed)
        seconds.record(time)
    }

    /// How many answers there were of each class that had any: `2xx`, 17.
    package var countsByStatusClass: [(status: String, count: Int)] {
        var counts: [(status: String, count: Int)] = []
        for place in statuses.indices {
            let count = statuses[place].load(ordering: .relaxed)
            if count > 0 { counts.append((place < 5 ? "\(place + 1)xx" : "other", count)) }
        }
        return counts
    }

    var labels: [(String, String)] { [("method", method), ("route", route)] }
}
