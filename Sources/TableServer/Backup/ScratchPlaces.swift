import HTTPTypes
import Synchronization

/// Names for a few folders in the table's own that something is built in; as they come again, what a killed server left in one is
/// found and removed by whoever gets it next.
final class ScratchPlaces: Sendable {
    /// A name that is somebody's until this goes.
    final class Lease: Sendable {
        let path: String
        private let number: Int
        private let places: ScratchPlaces

        fileprivate init(_ number: Int, of places: ScratchPlaces) {
            self.path = "\(places.prefix)-\(number)"
            self.number = number
            self.places = places
        }

        deinit { places.giveBack(number) }
    }

    private let prefix: String
    private let count: Int
    private let taken = Mutex<Set<Int>>([])

    /// - Parameters:
    ///   - prefix: What the names begin with.
    ///   - count: How many there are.
    init(prefix: String, count: Int) {
        self.prefix = prefix
        self.count = count
    }

    /// A free one.
    ///
    /// - Throws: ``Refusal`` (503) where all are taken.
    func take() throws -> Lease {
        let number = taken.withLock { taken in
            let number = (0..<count).first { !taken.contains($0) }
            if let number { taken.insert(number) }
            return number
        }
        guard let number else {
            throw Refusal(
                .serviceUnavailable, "\(count) archives are being worked on already; try again when one is done",
                headers: Refusal.retryAfter(seconds: 30))
        }
        return Lease(number, of: self)
    }

    private func giveBack(_ number: Int) { taken.withLock { _ = $0.remove(number) } }
}
