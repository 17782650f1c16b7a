import TestSupport
import Testing

@testable import JSONDocument

@Suite struct ByteComparisonTests {
    /// On both sides of the lengths from which more bytes are compared at a time.
    private static let counts = Array(0...40) + [255, 256, 257, 263, 264, 511, 512, 700]

    @Test(arguments: counts)
    func `runs differ from wherever one byte does`(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let run = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(areEqual(run, Array(run)))
        #expect(commonPrefix(run, Array(run)) == count)
        for place in run.indices {
            var other = run
            other[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            #expect(!areEqual(run, other))
            #expect(commonPrefix(run, other) == place)
        }
    }

    @Test(arguments: counts)
    func `a run that goes on is another one`(count: Int) {
        let run = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let longer = run + [7]
        #expect(!areEqual(run, longer))
        #expect(commonPrefix(run, longer) == count)
        #expect(commonPrefix(longer, run) == count)
    }

    private func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool { ByteComparison.areEqual(a.span, b.span) }

    private func commonPrefix(_ a: [UInt8], _ b: [UInt8]) -> Int { ByteComparison.commonPrefix(a.span, b.span) }
}
