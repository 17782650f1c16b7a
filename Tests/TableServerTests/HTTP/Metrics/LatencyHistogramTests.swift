import Testing

@testable import TableServer

@Suite struct LatencyHistogramTests {
    @Test func `each bound takes what is as long, and the bucket behind the last what is longer`() {
        for (index, bound) in LatencyHistogram.bounds.enumerated() {
            let histogram = LatencyHistogram()
            histogram.record(nanoseconds: bound)
            histogram.record(nanoseconds: bound + 1)
            let counts = histogram.reading.counts
            #expect(counts[index] == 1 && counts[index + 1] == 1 && histogram.reading.count == 2, "\(bound)")
        }
    }

    @Test func `bounds grow, and there is one counter more`() {
        #expect(LatencyHistogram.bounds == LatencyHistogram.bounds.sorted())
        #expect(Set(LatencyHistogram.bounds).count == LatencyHistogram.bounds.count)
        #expect(LatencyHistogram().reading.counts.count == LatencyHistogram.bounds.count + 1)
    }

    @Test func `a duration counts in nanoseconds, one that went backwards as nothing`() {
        let histogram = LatencyHistogram()
        histogram.record(.seconds(1) + .nanoseconds(7))
        histogram.record(.seconds(-1))
        histogram.record(.nanoseconds(-1))
        #expect(histogram.reading.sum == 1_000_000_007)
        #expect(histogram.reading.counts[0] == 2)
    }

    @Test func `nothing is lost when many count at once`() async {
        let histogram = LatencyHistogram()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0..<1_000 {
                        histogram.record(nanoseconds: LatencyHistogram.bounds[(worker + number) % 18])
                    }
                }
            }
        }
        #expect(histogram.reading.count == 8_000)
        var sum: UInt64 = 0
        for worker in 0..<8 {
            for number in 0..<1_000 { sum += LatencyHistogram.bounds[(worker + number) % 18] }
        }
        #expect(histogram.reading.sum == sum)
    }

    @Test func `a histogram is written as Prometheus reads one`() {
        let histogram = LatencyHistogram()
        histogram.record(nanoseconds: 20_000)
        histogram.record(nanoseconds: 20_000)
        histogram.record(nanoseconds: 1_500_000)
        histogram.record(nanoseconds: 60_000_000_000)
        var text = PrometheusText()
        text.histogram("x_seconds", "Help.")
        text.value(histogram.reading, labels: [("route", "/a")])
        text.value(7)
        let lines = text.text.split(separator: "\n").map(String.init)
        #expect(lines[0...1] == ["# HELP x_seconds Help.", "# TYPE x_seconds histogram"])
        #expect(lines[2] == #"x_seconds_bucket{route="/a",le="2.5e-05"} 2"#)
        #expect(lines.contains(#"x_seconds_bucket{route="/a",le="0.001"} 2"#))
        #expect(lines.contains(#"x_seconds_bucket{route="/a",le="0.0025"} 3"#))
        #expect(lines.contains(#"x_seconds_bucket{route="/a",le="10.0"} 3"#))
        #expect(
            lines.suffix(4) == [
                #"x_seconds_bucket{route="/a",le="+Inf"} 4"#, #"x_seconds_sum{route="/a"} 60.00154"#,
                #"x_seconds_count{route="/a"} 4"#, "x_seconds 7",
            ])
    }
}
