import Synchronization

/// Counts what the server does, for `/metrics`.
///
/// Safe from every thread.
package final class ServerMetrics: Sendable {
    private struct Series: Hashable {
        let method: String
        let status: Int
    }

    private let requests = Mutex<[Series: Int]>([:])
    private let uploaded = Atomic<Int>(0)
    private let streams = Atomic<Int>(0)

    /// Everything at zero.
    package init() {}

    /// A request was answered.
    ///
    /// Methods that the server doesn't know are counted together, or a client could make up any number of series.
    package func answered(method: String, status: Int) {
        let known = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"].contains(method)
        let series = Series(method: known ? method : "other", status: status)
        requests.withLock { $0[series, default: 0] += 1 }
    }

    /// A file was taken, of this many bytes.
    package func uploaded(byteCount: Int) {
        uploaded.add(byteCount, ordering: .relaxed)
    }

    /// An event stream begins (1) or ends (-1).
    package func streamChanged(by change: Int) {
        streams.add(change, ordering: .relaxed)
    }

    /// The lines of these counters in Prometheus' text format.
    package var text: String {
        var text = PrometheusText()
        text.counter("spelltable_http_requests_total", "Answered requests.")
        for (series, count) in requests.withLock({ $0 }).sorted(by: { "\($0.key)" < "\($1.key)" }) {
            text.value(count, labels: [("method", series.method), ("status", "\(series.status)")])
        }
        text.counter("spelltable_uploaded_bytes_total", "Bytes of uploaded files that were kept.")
        text.value(uploaded.load(ordering: .relaxed))
        text.gauge("spelltable_event_streams", "Open server-sent event streams.")
        text.value(streams.load(ordering: .relaxed))
        return text.text
    }
}

/// Writes metrics in the text format that Prometheus reads (exposition format 0.0.4).
package struct PrometheusText: Sendable {
    /// What was written so far.
    package private(set) var text = ""
    private var name = ""

    /// Everything at zero.
    package init() {}

    /// Begins a metric that only grows.
    package mutating func counter(_ name: String, _ help: String) {
        begin(name, help, type: "counter")
    }

    /// Begins a metric that goes up and down.
    package mutating func gauge(_ name: String, _ help: String) {
        begin(name, help, type: "gauge")
    }

    /// A value of the metric that was begun last.
    package mutating func value(_ value: some CustomStringConvertible, labels: [(String, String)] = []) {
        let shown = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += shown.isEmpty ? "\(name) \(value)\n" : "\(name){\(shown)} \(value)\n"
    }

    private mutating func begin(_ name: String, _ help: String, type: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { out, character in
            switch character {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.append(character)
            }
        }
    }
}
