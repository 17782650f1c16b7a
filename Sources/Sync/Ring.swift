/// The newest elements of a stream, found by their sequence number.
///
/// Every client of a hub is a position in one ring: an element is kept once, whatever the number of clients. Bounded by
/// bytes and by count; the oldest go first. A reader that asks for one that is gone is told so and reads the journal
/// instead: a position never skips anything by itself. Appending and looking up cost the same at any size.
package struct Ring<Element> {
    /// What stands at a sequence number.
    package enum Lookup {
        case element(Element)
        /// It was there and is gone; the oldest that is left has this number.
        case fellOut(oldest: UInt64)
        /// It isn't there yet; the next to come has this number.
        case notYet(next: UInt64)
    }

    fileprivate struct Slot {
        let element: Element
        let byteCount: Int
        /// The bytes of all elements before it, since the ring's beginning.
        let bytesBefore: Int
    }

    /// How many bytes the elements may have together.
    package let byteCountMax: Int
    /// How many elements there may be.
    package let countMax: Int

    /// The number of the oldest element kept; equal to ``next`` where the ring is empty.
    package private(set) var oldest: UInt64
    /// The number that the next element gets.
    package private(set) var next: UInt64
    /// The bytes of the elements kept, as told by the caller.
    package private(set) var byteCount = 0

    private let first: UInt64
    private var bytesAppended = 0
    /// Grows to `countMax`, then an element takes the place of the one `countMax` numbers before it.
    private var slots: [Slot?] = []

    /// An empty ring.
    ///
    /// - Parameters:
    ///   - byteCountMax: How many bytes are kept; a single element above that is kept as long as it is the newest.
    ///   - countMax: How many elements are kept; at least 1.
    ///   - next: The number that the first element gets.
    package init(byteCountMax: Int, countMax: Int, next: UInt64 = 0) {
        precondition(countMax > 0, "a ring holds at least one element")
        self.byteCountMax = byteCountMax
        self.countMax = countMax
        self.first = next
        self.oldest = next
        self.next = next
    }

    /// How many elements are kept.
    package var count: Int { Int(self.next - self.oldest) }

    /// Whether no element is kept.
    package var isEmpty: Bool { self.next == self.oldest }

    /// Adds the newest element, and lets the oldest go where the bounds ask for it.
    ///
    /// - Returns: The element's number.
    @discardableResult
    package mutating func append(_ element: Element, byteCount: Int) -> UInt64 {
        if self.count == self.countMax { self.dropOldest() }
        let number = self.next
        let index = self.index(of: number)
        if index == self.slots.count { self.slots.append(nil) }
        self.slots[index] = Slot(element: element, byteCount: byteCount, bytesBefore: self.bytesAppended)
        self.byteCount += byteCount
        self.bytesAppended += byteCount
        self.next += 1
        while self.byteCount > self.byteCountMax, self.count > 1 { self.dropOldest() }
        return number
    }

    /// What stands at `number`.
    package subscript(_ number: UInt64) -> Lookup {
        if number >= self.next { return .notYet(next: self.next) }
        guard number >= self.oldest, let slot = self.slots[self.index(of: number)] else {
            return .fellOut(oldest: self.oldest)
        }
        return .element(slot.element)
    }

    /// The number of the first element kept for which `isReached` holds, ``next`` where it holds for none.
    ///
    /// - Parameter isReached: False for some of the oldest and true for all after them: "ends after my offset", say.
    package func firstNumber(where isReached: (Element) throws -> Bool) rethrows -> UInt64 {
        var low = self.oldest
        var high = self.next
        while low < high {
            let middle = low + (high - low) / 2
            if case .element(let element) = self[middle], try isReached(element) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    /// How many bytes stand from `number` on; `nil` where it fell out, so that they can't be told.
    package func byteCount(from number: UInt64) -> Int? {
        guard number < self.next else { return 0 }
        guard number >= self.oldest, let slot = self.slots[self.index(of: number)] else { return nil }
        return self.bytesAppended - slot.bytesBefore
    }

    private func index(of number: UInt64) -> Int {
        Int((number - self.first) % UInt64(self.countMax))
    }

    private mutating func dropOldest() {
        let index = self.index(of: self.oldest)
        self.byteCount -= self.slots[index]?.byteCount ?? 0
        self.slots[index] = nil
        self.oldest += 1
    }
}

extension Ring: Sendable where Element: Sendable {}
extension Ring.Slot: Sendable where Element: Sendable {}
extension Ring.Lookup: Sendable where Element: Sendable {}
extension Ring.Lookup: Equatable where Element: Equatable {}
