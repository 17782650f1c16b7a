import TestSupport
import Testing

@testable import Sync

@Suite struct RingTests {
    @Test func `elements are found by the numbers that they were given`() {
        var ring = Ring<String>(byteCountMax: 100, countMax: 10, next: 7)
        #expect(ring.isEmpty)
        #expect(ring[7] == .notYet(next: 7))
        #expect(ring[6] == .fellOut(oldest: 7))
        #expect(ring.append("a", byteCount: 1) == 7)
        #expect(ring.append("b", byteCount: 2) == 8)
        #expect(ring[7] == .element("a"))
        #expect(ring[8] == .element("b"))
        #expect(ring[9] == .notYet(next: 9))
        #expect(ring.count == 2)
        #expect(ring.byteCount == 3)
    }

    @Test func `the oldest go when there are too many, and a position there is told so`() {
        var ring = Ring<Int>(byteCountMax: .max, countMax: 3)
        for number in 0..<8 { ring.append(number, byteCount: 1) }
        #expect(ring.oldest == 5)
        #expect(ring[4] == .fellOut(oldest: 5))
        #expect([5, 6, 7].map { ring[$0] } == [.element(5), .element(6), .element(7)])
        #expect(ring.byteCount == 3)
    }

    @Test func `the oldest go when they are too large, but the newest stays`() {
        var ring = Ring<Int>(byteCountMax: 10, countMax: 100)
        for number in 0..<4 { ring.append(number, byteCount: 4) }
        #expect(ring.oldest == 2)
        ring.append(4, byteCount: 50)
        #expect(ring.oldest == 4)
        #expect(ring[4] == .element(4))
        ring.append(5, byteCount: 1)
        #expect(ring.oldest == 5)
        #expect(ring.byteCount == 1)
    }

    @Test func `how far a position is behind is told in bytes`() {
        var ring = Ring<Int>(byteCountMax: 100, countMax: 3)
        for number in 0..<5 { ring.append(number, byteCount: number + 1) }
        #expect(ring.byteCount(from: 1) == nil)
        #expect(ring.byteCount(from: 2) == 3 + 4 + 5)
        #expect(ring.byteCount(from: 4) == 5)
        #expect(ring.byteCount(from: 5) == 0)
    }

    @Test func `the first element past a position is found`() {
        var ring = Ring<Int64>(byteCountMax: .max, countMax: 4, next: 100)
        #expect(ring.firstNumber { $0 > 0 } == 100)
        for lastOffset in [3, 7, 8, 20, 33] as [Int64] { ring.append(lastOffset, byteCount: 1) }
        #expect(ring.firstNumber { $0 > 2 } == 101, "what fell out can't be found")
        #expect(ring.firstNumber { $0 > 7 } == 102)
        #expect(ring.firstNumber { $0 > 19 } == 103)
        #expect(ring.firstNumber { $0 > 33 } == 105)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it holds the newest of whatever came, within its bounds`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var ring = Ring<Int>(byteCountMax: 500, countMax: 16, next: random.next() % 1_000)
        var all: [(number: UInt64, value: Int, byteCount: Int)] = []
        for value in 0..<2_000 {
            let byteCount = Int(random.next() % 90)
            all.append((ring.append(value, byteCount: byteCount), value, byteCount))
            let kept = all.suffix(ring.count)
            #expect(ring.count <= 16 && (ring.byteCount <= 500 || ring.count == 1), "seed \(seed)")
            #expect(ring.byteCount == kept.reduce(0) { $0 + $1.byteCount }, "seed \(seed)")
            for element in kept { #expect(ring[element.number] == .element(element.value), "seed \(seed)") }
            if let gone = all.dropLast(ring.count).last {
                #expect(ring[gone.number] == .fellOut(oldest: ring.oldest), "seed \(seed)")
            }
        }
    }
}
