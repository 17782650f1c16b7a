/// How long to wait before something that is away is tried again: twice as long each time, up to a bound.
package struct Backoff: Sendable {
    private let secondsMax: Int
    private var seconds = 1

    package init(secondsMax: Int = 30) {
        self.secondsMax = secondsMax
    }

    /// The next pause.
    package mutating func next() -> Duration {
        defer { seconds = min(seconds * 2, secondsMax) }
        return .seconds(seconds)
    }

    /// It was there: the next pause is the shortest.
    package mutating func reset() { seconds = 1 }
}
