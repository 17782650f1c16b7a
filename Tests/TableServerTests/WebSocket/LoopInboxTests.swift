import Synchronization
import Testing

@testable import TableServer

@Suite struct LoopInboxTests {
    @Test func `many posts wake the loop once`() {
        let wakes = Atomic<Int>(0)
        let inbox = LoopInbox { wakes.wrappingAdd(1, ordering: .relaxed) }
        for _ in 0..<3 { inbox.post(.passages([])) }
        #expect(wakes.load(ordering: .relaxed) == 1)
        #expect(inbox.take().count == 3)
    }

    @Test func `what is posted during a pass is taken by the pass after it`() {
        let wakes = Atomic<Int>(0)
        let inbox = LoopInbox { wakes.wrappingAdd(1, ordering: .relaxed) }
        inbox.post(.passages([]))
        #expect(inbox.take().count == 1)
        inbox.post(.passages([]))
        #expect(wakes.load(ordering: .relaxed) == 1, "the pass looks again by itself")
        #expect(inbox.take().count == 1)
        #expect(inbox.take().isEmpty)
        inbox.post(.passages([]))
        #expect(wakes.load(ordering: .relaxed) == 2, "once it found nothing, it has to be woken")
    }

    @Test func `a closed inbox takes nothing and wakes nobody`() {
        let wakes = Atomic<Int>(0)
        let inbox = LoopInbox { wakes.wrappingAdd(1, ordering: .relaxed) }
        inbox.close()
        inbox.post(.passages([]))
        #expect(wakes.load(ordering: .relaxed) == 0)
        #expect(inbox.take().isEmpty)
    }
}
