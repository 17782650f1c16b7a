import Dispatch
import JSONDocument
import Journal
import Synchronization
import Table

/// Commands through the whole table, as the server's event loops give them: decided, patched, appended, synced, shown,
/// passed to those who listen, answered; 256 of them on their way.
struct CommandsBenchmark {
    private static let inFlight = 256
    private static let duration = Duration.seconds(5)

    func run() throws {
        try withScratchFolder { folder in
            let table = try openTable(folder)
            defer { table.close() }
            let commands = try Self.moves()
            let driver = CommandDriver(table: table, inFlight: Self.inFlight)
            let scene = try JSONValue.parse(Array(liveScene().utf8))
            try driver.run(.livePatch(JSONPatch([.replace(JSONPointer("/live"), scene)])))
            let (taken, count) = try measure {
                let end = ContinuousClock.now + Self.duration
                var count = 0
                while ContinuousClock.now < end {
                    try driver.submit(commands[count % commands.count])
                    count += 1
                }
                try driver.finish()
                return count
            }
            let what = "commands through the whole table, \(Self.inFlight) in flight"
            printRow(what, Double(count) / taken.wall, "/s", target: ">= 60000")
            printRow("\(what): processor", taken.processor / Double(count) * 1e6, "µs, all threads, a command")
            printRow("\(what): events a commit", Double(driver.eventCount) / Double(table.statistics.commits), "")
        }
    }

    /// Moves of sixty tokens, parsed.
    static func moves() throws -> [Command] {
        try (0..<59_820).map { step in
            let path = try JSONPointer("/live/maps/\(step % 60)/data/position/x")
            return .livePatch(JSONPatch([.replace(path, try JSONValue.parse(Array("\(step % 997).5".utf8)))]))
        }
    }
}

/// Gives commands to a table with so many on their way.
final class CommandDriver: Sendable {
    private let table: Table
    private let inFlight: Int
    private let places: DispatchSemaphore
    private let failure = Mutex<CommandError?>(nil)
    private let heard = Atomic<Int>(0)

    init(table: Table, inFlight: Int) {
        self.table = table
        self.inFlight = inFlight
        self.places = DispatchSemaphore(value: inFlight)
        // Somebody listens, as the hub does.
        _ = table.onCommit { batch in _ = self.heard.add(batch.items.count, ordering: .relaxed) }
    }

    /// Events that were passed to those who listen.
    var eventCount: Int { self.heard.load(ordering: .relaxed) }

    /// Waits for a place and submits.
    func submit(_ command: Command) throws {
        self.places.wait()
        if let failure = self.failure.withLock({ $0 }) { throw failure }
        self.table.submit(CommandRequest(command, actor: "dm@192.168.1.20")) { result in
            if case .failure(let error) = result { self.failure.withLock { $0 = error } }
            self.places.signal()
        }
    }

    /// Submits one and waits for its answer.
    func run(_ command: Command) throws {
        try self.submit(command)
        try self.finish()
    }

    /// Waits until nothing is on its way.
    func finish() throws {
        for _ in 0..<self.inFlight { self.places.wait() }
        for _ in 0..<self.inFlight { self.places.signal() }
        if let failure = self.failure.withLock({ $0 }) { throw failure }
    }
}
