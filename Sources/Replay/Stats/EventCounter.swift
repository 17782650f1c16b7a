import Journal
import WallClock

/// Counts the events of a range, one after the other, with what their frames take on disk.
///
/// Pure. Gets all events of the frames around the range; those outside it only take their part of their frame.
struct EventCounter: Sendable {
    let sessions: [Session]
    private let range: ClosedRange<Int64>
    private let frames: FramesAround

    private(set) var total = ByteShares<Int>()
    private(set) var types = ByteShares<String>()
    private(set) var actors = ByteShares<String>()
    private(set) var hours = ByteShares<Int64>()
    /// By the session's number.
    private(set) var bySession = ByteShares<Int>()
    private(set) var largest = LargestEvents(limit: 10)
    private(set) var timeline: Timeline

    private var hour: LocalHour
    private var session = 0
    private var frame = 0
    /// Line bytes of the frame so far, of all its events.
    private var frameLineByteCount: Int64 = 0

    init(sessions: [Session], range: ClosedRange<Int64>, frames: FramesAround, zone: LocalZone) {
        self.sessions = sessions
        self.range = range
        self.frames = frames
        timeline = Timeline(sessions, zone: zone)
        hour = LocalHour(zone)
    }

    /// Takes the next event.
    mutating func take(_ event: EventEnvelope, lineByteCount: Int64) {
        if frame + 1 < frames.frames.count, event.offset == frames.frames[frame + 1].offset {
            settle()
            frame += 1
        }
        frameLineByteCount += lineByteCount
        guard range.contains(event.offset) else { return }
        while session + 1 < sessions.count, sessions[session].lastOffset < event.offset { session += 1 }
        total.add(0, lineByteCount: lineByteCount)
        types.add(event.type, lineByteCount: lineByteCount)
        actors.add(event.actor ?? "", lineByteCount: lineByteCount)
        hours.add(hour.start(of: event.time), lineByteCount: lineByteCount)
        if session < sessions.count { bySession.add(sessions[session].number, lineByteCount: lineByteCount) }
        largest.offer(event, lineByteCount: lineByteCount)
        timeline.add(event)
    }

    /// Ends the count.
    mutating func finish() { settle() }

    /// Gives the frame's bytes on disk to its lines.
    private mutating func settle() {
        let stored = frame < frames.frames.count ? frames.frames[frame].storedByteCount : 0
        let rate = frameLineByteCount > 0 ? Double(stored) / Double(frameLineByteCount) : 0
        total.settle(rate)
        types.settle(rate)
        actors.settle(rate)
        hours.settle(rate)
        bySession.settle(rate)
        frameLineByteCount = 0
    }
}
