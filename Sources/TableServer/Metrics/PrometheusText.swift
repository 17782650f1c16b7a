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

    /// Begins a metric of latencies, in seconds.
    package mutating func histogram(_ name: String, _ help: String) {
        begin(name, help, type: "histogram")
    }

    /// A series of the histogram that was begun last.
    package mutating func value(_ reading: LatencyHistogram.Reading, labels: [(String, String)] = []) {
        let metric = name
        defer { name = metric }
        name = metric + "_bucket"
        var count = 0
        for (bound, inBucket) in zip(Self.bounds, reading.counts) {
            count += inBucket
            value(count, labels: labels + [("le", bound)])
        }
        name = metric + "_sum"
        value(Double(reading.sum) / 1e9, labels: labels)
        name = metric + "_count"
        value(count, labels: labels)
    }

    private static let bounds = LatencyHistogram.bounds.map { "\(Double($0) / 1e9)" } + ["+Inf"]

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
