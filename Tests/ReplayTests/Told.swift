import JSONDocument
import Synchronization
import Table

/// What a table told somebody who follows it.
final class Told: Sendable {
    private struct Content {
        var lines: [[UInt8]] = []
        var jumps: [Int64] = []
        var viewers: [Bool] = []
    }

    private let content = Mutex(Content())

    /// The lines of events, in order.
    var lines: [[UInt8]] { content.withLock { $0.lines } }
    /// The offsets of jumps.
    var jumps: [Int64] { content.withLock { $0.jumps } }
    /// Whether the screens were blanked, each time it changed.
    var viewers: [Bool] { content.withLock { $0.viewers } }

    func take(_ batch: CommittedBatch) {
        content.withLock { content in
            if batch.isJump { content.jumps.append(batch.state.offset) }
            for case .event(let event) in batch.items {
                content.lines.append(event.line)
                if let isBlank = event.viewer?["blank"]?.boolValue { content.viewers.append(isBlank) }
            }
        }
    }
}
