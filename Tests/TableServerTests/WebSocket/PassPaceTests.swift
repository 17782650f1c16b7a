import NIOCore
import Testing

@testable import TableServer

@Suite struct PassPaceTests {
    @Test func `at a quiet table nothing waits`() {
        #expect(PassPace.rest(after: .zero) == nil)
        #expect(PassPace.rest(after: .microseconds(500)) == nil)
    }

    @Test func `a long pass is followed by a rest of its length`() {
        #expect(PassPace.rest(after: .milliseconds(3)) == .milliseconds(3))
    }

    @Test func `no rest is so long that one would see it`() {
        #expect(PassPace.rest(after: .seconds(5)) == .milliseconds(10))
    }
}
