import Journal
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Table
@testable import TableServer

@Suite struct TableWatchTests {
    private let clock = ManualClock()

    @Test func `the newest verification of a snapshot is remembered, with its time and fault`() {
        let watch = TableWatch(clock: clock.clock)
        #expect(watch.verification == nil)
        watch.note(.snapshotChecked(offset: 7))
        #expect(watch.verification == .init(offset: 7, time: clock.now, fault: nil))
        clock.advance(milliseconds: 5)
        watch.note(.snapshotWrong(offset: 9, reason: "digest", keptAs: "x", isServed: false))
        watch.note(.snapshotWritten(offset: 9, byteCount: 1))
        #expect(watch.verification == .init(offset: 9, time: clock.now, fault: "digest"))
        watch.note(.snapshotCheckFailed(reason: "no file"))
        #expect(watch.verification == .init(offset: nil, time: clock.now, fault: "no file"))
    }

    @Test func `a refused commit is the disk's state until one works`() {
        let watch = TableWatch()
        let now = NIODeadline.uptimeNanoseconds(1_000)
        #expect(watch.refusal(now: now) == nil)
        watch.note(.writeRefused(reason: "full"), at: now)
        #expect(watch.refusal(now: now) == "full")
        watch.meter.madeDurable(5)
        #expect(watch.refusal(now: now) == nil)
        #expect(watch.commits.reading.count == 1)
        watch.note(.writeRefused(reason: "full again"), at: now)
        #expect(watch.refusal(now: now) == "full again")
    }

    @Test func `a disk whose syncs are timed still hears what is to be written out`() throws {
        let disk = CountingFileSystem(SimulatedFileSystem())
        let timed = TableWatch().fileSystem(over: disk)
        try timed.makeFolders("/t")
        let file = try timed.open("/t/blob", .createNew)
        try file.writeAll([1, 2, 3])
        file.startWriteOut(from: 0, count: 3)
        #expect(disk.writtenOutByteCount(suffix: "blob") == 3)
    }

    /// Otherwise nobody would send a change again, and so find out.
    @Test func `or until it is so long ago that it may be otherwise`() {
        let watch = TableWatch()
        let now = NIODeadline.uptimeNanoseconds(1_000)
        watch.note(.writeRefused(reason: "full"), at: now)
        #expect(watch.refusal(now: now + TableWatch.refusalMemory - .nanoseconds(1)) == "full")
        #expect(watch.refusal(now: now + TableWatch.refusalMemory) == nil)
    }

    @Test func `a full disk and one with room again are noticed from the table itself`() async throws {
        let disk = SimulatedFileSystem()
        let watch = TableWatch()
        let table = try Table.open(
            TableConfiguration(
                folder: "/t", fileSystem: watch.fileSystem(over: disk), clock: clock.clock, makeUUID: RandomUUID.make,
                observer: { watch.note($0) }, meter: watch.meter))
        defer { table.close() }
        let folder = { CommandRequest(.sceneFolderCreate(path: $0), actor: "x") }
        _ = try await table.submit(folder("A"))
        #expect(watch.commits.reading.count == 1)
        // The frame's header and its first lines.
        #expect(watch.syncs.reading.count == 2)
        disk.setCapacity(0)
        await #expect(throws: CommandError.self) { try await table.submit(folder("B")) }
        #expect(watch.refusal()?.contains("space") == true || watch.refusal()?.contains("full") == true)
        disk.setCapacity(nil)
        _ = try await table.submit(folder("B"))
        #expect(watch.refusal() == nil)
        #expect(watch.commits.reading.count == 2)
    }

    @Test func `only a written file's data syncs are timed, a failed one too`() throws {
        let disk = SimulatedFileSystem()
        try disk.makeFolders("/t")
        let clock = Ticking()
        let seconds = LatencyHistogram()
        let files = SyncTimingFileSystem(base: disk, now: { clock.next() }, seconds: seconds)
        let file = try files.open("/t/a", .createNew)
        try file.writeAll([1, 2, 3])
        try file.sync()
        try files.syncFolder("/t")
        #expect(seconds.reading.count == 0)
        try file.syncData()
        #expect(seconds.reading.sum == 100)
        disk.fail(.sync, code: 5)
        #expect(throws: FileError.self) { try file.syncData() }
        #expect(seconds.reading.count == 2)
        #expect(try files.open("/t/a", .read).readAll() == [1, 2, 3])
    }

    /// A clock that is 100 ns later each time it is asked.
    private final class Ticking: Sendable {
        private let time = Atomic<UInt64>(0)

        func next() -> UInt64 { time.add(100, ordering: .relaxed).newValue }
    }
}

@Suite struct ReadinessTests {
    @Test func `what matters most is told, with a reason`() {
        let refused = "no room"
        #expect(Readiness(isStopping: false, writability: .writable, refusal: nil) == .ready)
        #expect(Readiness(isStopping: false, writability: .writable, refusal: refused) == .refusing(reason: refused))
        let readOnly = TableWritability.readOnly(reason: "lost")
        #expect(Readiness(isStopping: false, writability: readOnly, refusal: refused) == .readOnly(reason: "lost"))
        #expect(Readiness(isStopping: true, writability: readOnly, refusal: refused) == .stopping)
        #expect(Readiness.ready.reason == nil)
        for state in [Readiness.stopping, .readOnly(reason: "a"), .refusing(reason: "b")] {
            #expect(state.reason?.isEmpty == false)
        }
    }
}
