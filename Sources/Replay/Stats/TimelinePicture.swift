import Journal
import WallClock

/// A timeline as a picture: SVG 1.1 that stands by itself, for light and dark screens.
///
/// One bar a bucket, stacked by kind; sessions side by side on bands of their own, the time between them left out.
package struct TimelinePicture: Sendable {
    private let timeline: Timeline
    private let zone: LocalZone
    private let title: String
    private let kinds: TimelineKinds
    private let scale: CountScale
    private let layout: TimelineLayout

    /// - Parameters:
    ///   - title: What stands above it; any text.
    ///   - zone: Of the times on its axis.
    package init(_ timeline: Timeline, title: String, zone: LocalZone) {
        self.timeline = timeline
        self.zone = zone
        self.title = title
        kinds = TimelineKinds(timeline.kinds)
        scale = CountScale(
            largest: timeline.stretches.flatMap(\.buckets).map { $0.values.reduce(0, +) }.max() ?? 0)
        layout = TimelineLayout(bucketCounts: timeline.stretches.map(\.buckets.count))
    }

    /// The file's text.
    package var svg: String {
        let size = "width=\"\(SVG.number(layout.width))\" height=\"\(SVG.number(layout.height))\""
        let box = "viewBox=\"0 0 \(SVG.number(layout.width)) \(SVG.number(layout.height))\""
        return """
            <svg xmlns="http://www.w3.org/2000/svg" \(size) \(box) role="img">
            <title>\(SVG.escaped(title))</title>
            <style>
            \(TimelineStyle.css)
            </style>
            <rect class="paper" width="100%" height="100%"/>
            \(SVG.text(title, x: layout.left, y: 30, style: "title"))
            \(legend)
            \(timeline.stretches.indices.map(band).joined(separator: "\n"))
            \(countAxis)
            \(timeline.stretches.indices.map(stretch).joined(separator: "\n"))
            \(SVG.line(layout.left, layout.bottom, layout.right, layout.bottom, style: "axis"))
            </svg>

            """
    }

    private var legend: String {
        var x = layout.left
        var parts: [String] = []
        for (index, kind) in kinds.shown.enumerated() {
            let label = "\(shortened(kind.name, to: 24)) \(Units.count(kind.events))"
            parts.append(SVG.rect(x, 46, 11, 11, style: "k\(index)", radius: 2))
            parts.append(SVG.text(label, x: x + 16, y: 56, style: "label"))
            x += 16 + SVG.width(of: label) + 22
        }
        return parts.joined(separator: "\n")
    }

    private var countAxis: String {
        var parts = scale.ticks.flatMap { tick in
            let y = layout.y(Double(tick) / Double(scale.top))
            return [
                SVG.line(layout.left, y, layout.right, y, style: "grid"),
                SVG.text(Units.count(tick), x: layout.left - 8, y: y + 4, style: "label end"),
            ]
        }
        let step = "events in \(Units.length(milliseconds: timeline.step))"
        parts.append(SVG.text(step, x: layout.left, y: layout.top - 24, style: "label"))
        return parts.joined(separator: "\n")
    }

    private func band(_ index: Int) -> String {
        SVG.rect(
            layout.x(ofStretch: index), layout.top - 18, layout.width(ofStretch: index),
            layout.bottom - layout.top + 18, style: "band", radius: 3)
    }

    private func stretch(_ index: Int) -> String {
        let stretch = timeline.stretches[index]
        let (x, width) = (layout.x(ofStretch: index), layout.width(ofStretch: index))
        var parts = heading(stretch.session, x: x, room: layout.room(ofStretch: index))
        for (number, bucket) in stretch.buckets.enumerated() where !bucket.isEmpty {
            let start = stretch.start + Int64(number) * timeline.step
            parts.append(bar(bucket, from: start, x: x + Double(number) * layout.bucketWidth))
        }
        return "<g>\n" + (parts + timeAxis(stretch, x: x, width: width)).joined(separator: "\n") + "\n</g>"
    }

    /// The session's number and its day, side by side where there is room.
    private func heading(_ session: Session, x: Double, room: Double) -> [String] {
        let day = zone.reading(session.start.milliseconds)?.wall.dayText ?? ""
        func fits(_ label: String) -> Bool { SVG.width(of: label) <= room - 6 }
        let whole = "session \(session.number) · \(day)"
        if fits(whole) { return [SVG.text(whole, x: x + 4, y: layout.top - 5, style: "label strong")] }
        var parts: [String] = []
        if let label = ["session \(session.number)", "\(session.number)"].first(where: fits) {
            parts.append(SVG.text(label, x: x + 4, y: layout.top - 5, style: "label strong"))
        }
        if let label = [day, String(day.dropFirst(5))].first(where: fits) {
            parts.append(SVG.text(label, x: x, y: layout.bottom + 36, style: "label"))
        }
        return parts
    }

    private func bar(_ bucket: [String: Int], from start: Int64, x: Double) -> String {
        let width = max(0.5, layout.bucketWidth - (layout.bucketWidth > 3 ? 1 : 0))
        var below = 0
        var parts: [String] = []
        for (index, events) in kinds.counts(in: bucket).enumerated() where events > 0 {
            let top = layout.y(Double(below + events) / Double(scale.top))
            let bottom = layout.y(Double(below) / Double(scale.top))
            parts.append(SVG.rect(x, top, width, bottom - top, style: "k\(index)", radius: 0))
            below += events
        }
        let counts = kinds.counts(in: bucket).enumerated().filter { $0.element > 0 }
        let told = counts.map { "\(kinds.shown[$0.offset].name) \(Units.count($0.element))" }.joined(separator: ", ")
        return "<g><title>\(SVG.escaped("\(zone.seconds(start)): \(told)"))</title>\(parts.joined())</g>"
    }

    /// Clock times where the local clock shows whole steps, and the zone's name at the first.
    private func timeAxis(_ stretch: Timeline.Stretch, x: Double, width: Double) -> [String] {
        let minutes = layout.labelMinutes(bucketMilliseconds: timeline.step)
        var parts: [String] = []
        for number in stretch.buckets.indices {
            let place = x + Double(number) * layout.bucketWidth
            guard let reading = zone.reading(stretch.start + Int64(number) * timeline.step),
                (reading.wall.hour * 60 + reading.wall.minute).isMultiple(of: minutes), place + 34 <= x + width
            else { continue }
            let isDays = minutes >= 1440
            let label = isDays ? String(reading.wall.dayText.dropFirst(5)) : String(reading.wall.secondText.prefix(5))
            parts.append(SVG.line(place, layout.bottom, place, layout.bottom + 5, style: "axis"))
            parts.append(SVG.text(label, x: place, y: layout.bottom + 19, style: "label"))
        }
        if parts.isEmpty, width >= 34, let wall = zone.reading(stretch.session.start.milliseconds)?.wall {
            parts.append(SVG.text(String(wall.secondText.prefix(5)), x: x, y: layout.bottom + 19, style: "label"))
        }
        return parts
    }
}
