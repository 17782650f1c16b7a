import JSONDocument
import Journal
import Table
import WallClock

/// What a range of a journal is made of.
package struct JournalStats: Sendable {
    /// One session's part of it.
    package struct Growth: Sendable {
        package let session: Session
        package let share: ByteShare
        /// Bytes of the document after the session's last event, as compact JSON.
        package let documentByteCount: Int
    }

    package let range: ClosedRange<Int64>
    package let total: ByteShare
    package let types: [(name: String, share: ByteShare)]
    /// "" stands for events without an actor.
    package let actors: [(name: String, share: ByteShare)]
    /// By local hour, oldest first, with the hour's beginning in milliseconds since 1970 UTC.
    ///
    /// Hours without an event are left out.
    package let hours: [(start: Int64, share: ByteShare)]
    package let largest: [LargestEvents.Entry]
    package let sessions: [Growth]
    package let timeline: Timeline

    /// Bytes of lines for one byte on disk.
    package var compression: Double {
        total.storedByteCount > 0 ? Double(total.lineByteCount) / total.storedByteCount : 1
    }

    /// Counts a range in one pass; memory: an entry a type, actor, hour and session.
    ///
    /// - Returns: `nil` if the range holds no event.
    package static func gather(
        _ source: JournalSource, in range: EventLog.Range = EventLog.Range(), gap: Int64 = Session.defaultGap,
        zone: LocalZone, progress: ProgressSink = { _ in }
    ) throws(ReplayError) -> JournalStats? {
        guard let held = try source.held(range) else { return nil }
        let sessions = try source.sessions(gap: gap, progress: progress, within: held)
        let frames = try source.frames(around: held)
        var counter = EventCounter(sessions: sessions, range: held, frames: frames, zone: zone)
        let last = frames.following.map { $0 - 1 } ?? held.upperBound
        try source.scan(
            min(held.lowerBound, frames.frames.first?.offset ?? held.lowerBound)...max(last, held.upperBound),
            title: "Counting", progress: progress
        ) { event, line throws(ReplayError) in counter.take(event, lineByteCount: Int64(line.count) + 1) }
        counter.finish()
        var sizes: [Int] = []
        try source.forEachDocument(after: sessions.map(\.lastOffset), progress: progress) {
            sizes.append($0.document.serialized().count)
        }
        return JournalStats(counter, held, documentByteCounts: sizes)
    }

    private init(_ counter: EventCounter, _ range: ClosedRange<Int64>, documentByteCounts: [Int]) {
        self.range = range
        total = counter.total.shares[0] ?? ByteShare()
        types = Self.largestFirst(counter.types)
        actors = Self.largestFirst(counter.actors)
        hours = counter.hours.shares.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        largest = counter.largest.entries
        sessions = zip(counter.sessions, documentByteCounts).map { session, documentByteCount in
            Growth(
                session: session, share: counter.bySession.shares[session.number] ?? ByteShare(),
                documentByteCount: documentByteCount)
        }
        timeline = counter.timeline
    }

    private static func largestFirst(_ shares: ByteShares<String>) -> [(name: String, share: ByteShare)] {
        shares.shares.map { (name: $0.key, share: $0.value) }
            .sorted { ($1.share.events, $0.name) < ($0.share.events, $1.name) }
    }
}

/// The frames that hold a range of events.
struct FramesAround: Sendable {
    let frames: [FrameStart]
    /// The first offset of the frame after them; `nil` at the journal's end.
    let following: Int64?
}

extension JournalSource {
    /// The frames that hold a range.
    func frames(around range: ClosedRange<Int64>) throws(ReplayError) -> FramesAround {
        let all: [FrameStart]
        do throws(JournalError) {
            all = try reader.frames()
        } catch {
            throw ReplayError(error)
        }
        let first = all.lastIndex { $0.offset <= range.lowerBound } ?? 0
        let end = all.firstIndex { $0.offset > range.upperBound } ?? all.count
        return FramesAround(
            frames: first < end ? Array(all[first..<end]) : [], following: end < all.count ? all[end].offset : nil)
    }
}
