import HTTPTypes
import Journal
import Logging
import Replay
import Synchronization

/// Names for a few folders in the table's own that something is built in; as they come again, what a killed server left in them is
/// found and removed by the next one.
final class ScratchPlaces: Sendable {
    /// A name that is somebody's until this goes.
    final class Lease: Sendable {
        let path: String
        private let number: Int
        private let places: ScratchPlaces

        fileprivate init(_ number: Int, of places: ScratchPlaces) {
            self.path = places.path(number)
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

    /// Removes what a killed server left; to be called before anybody works here.
    func removeLeftovers(logger: Logger) {
        for path in (0..<count).map(path) {
            do {
                guard try BuildLeftover.remove(beside: path, fileSystem: PosixFileSystem()) else { continue }
                logger.info(
                    "What was left of an archive that was being worked on is removed", metadata: ["place": "\(path)"])
            } catch {
                logger.warning(
                    "A folder in the table's own can't be removed", metadata: ["reason": "\(error.sentence)"])
            }
        }
    }

    private func path(_ number: Int) -> String { "\(prefix)-\(number)" }

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
