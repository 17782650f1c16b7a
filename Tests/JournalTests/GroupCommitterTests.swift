import Dispatch
import Journal
import Synchronization
import TestSupport
import Testing

@Suite("GroupCommitter")
struct GroupCommitterTests {
    /// What a committer was given, by batches.
    private final class Seen: Sendable {
        let batches = Mutex<[[Int]]>([])
    }

    @Test func `every item is processed once and in order, those that wait at the end too`() async {
        let seen = Seen()
        let committer = GroupCommitter<Int>(name: "test", capacity: 1_000_000) { items in
            seen.batches.withLock { $0.append(items) }
        }
        await withTaskGroup(of: Void.self) { group in
            for producer in 0..<4 {
                group.addTask { for item in 0..<5000 { #expect(committer.submit(producer * 10_000 + item)) } }
            }
        }
        committer.stop()
        let all = seen.batches.withLock { $0 }
        #expect(all.allSatisfy { !$0.isEmpty })
        let items = all.flatMap { $0 }
        #expect(items.count == 20_000)
        for producer in 0..<4 {
            #expect(items.filter { $0 / 10_000 == producer } == (0..<5000).map { producer * 10_000 + $0 })
        }
    }

    @Test func `what gathers while one batch is processed is the next batch`() async {
        let seen = Seen()
        let (entries, entered) = AsyncStream.makeStream(of: Void.self)
        let isFree = DispatchSemaphore(value: 0)
        let committer = GroupCommitter<Int>(name: "test", capacity: 10) { items in
            seen.batches.withLock { $0.append(items) }
            entered.yield()
            // Held until the test has submitted the rest.
            isFree.wait()
        }
        #expect(committer.submit(0))
        for await _ in entries { break }
        for item in 1..<11 { #expect(committer.submit(item)) }
        #expect(!committer.submit(11), "no room for more than the capacity")
        seen.batches.withLock { #expect($0 == [[0]]) }
        // Once for each batch.
        isFree.signal()
        isFree.signal()
        committer.stop()
        seen.batches.withLock { #expect($0 == [[0], Array(1..<11)]) }
    }

    @Test func `a stopped committer takes nothing`() {
        let committer = GroupCommitter<Int>(name: "test", capacity: 10) { _ in }
        committer.stop()
        committer.stop()
        #expect(!committer.submit(1))
    }

    @Test func `a journal's writer behind a committer keeps every producer's order`() async throws {
        let fixture = JournalFixture()
        let writer = Mutex(try fixture.open())
        let failures = Mutex<[String]>([])
        let committer = GroupCommitter<EventDraft>(name: "journal", capacity: 10_000) { drafts in
            let outcome = writer.withLock { attempt($0, drafts.map { [$0] }).name }
            if outcome != "done" { failures.withLock { $0.append(outcome) } }
        }
        await withTaskGroup(of: Void.self) { group in
            for producer in 0..<4 {
                group.addTask {
                    for item in 0..<200 {
                        var event = draft(item)
                        event.actor = "producer \(producer)"
                        event.data = Array("\(item)".utf8)
                        #expect(committer.submit(event))
                    }
                }
            }
        }
        committer.stop()
        #expect(failures.withLock { $0 } == [])
        let lines = try fixture.lines().map { Array($0.utf8) }
        let events = try lines.map { line in (try EventEnvelope.parse(line), line) }
        #expect(events.map(\.0.offset) == Array(0..<800))
        for producer in 0..<4 {
            let items = events.filter { $0.0.actor == "producer \(producer)" }
                .map { String(decoding: $0.1[$0.0.data], as: UTF8.self) }
            #expect(items == (0..<200).map(String.init))
        }
    }
}
