import Glibc
import JournalSimulation
import TestSupport

/// Many histories, several at a time, with progress on the way and a summary at the end.
struct Campaign {
    private let seeds: Range<UInt64>
    private let weakness: Weakness?
    private let deadline: ContinuousClock.Instant?
    private let begin = ContinuousClock.now
    private var figures = SimulationFigures()
    private var failures: [SimulationFailure] = []
    private var nextSeed: UInt64
    private var lastTold = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// So many failures are told; after them the rest would say the same.
    private static let failureCountMax = 5
    private static let seedsPerTask: UInt64 = 25

    init(seeds: Range<UInt64>, weakness: Weakness?, minutes: Double?) {
        self.seeds = seeds
        self.weakness = weakness
        self.nextSeed = seeds.lowerBound
        self.deadline = minutes.map { .now + .seconds($0 * 60) }
    }

    /// Runs until the seeds or the time are used up, or until enough has failed.
    mutating func run(jobs: Int) async {
        await withTaskGroup(of: (SimulationFigures, [SimulationFailure]).self) { group in
            for _ in 0..<jobs { self.addTask(to: &group) }
            for await (figures, failures) in group {
                self.figures.add(figures)
                self.failures += failures
                self.tellProgress()
                self.addTask(to: &group)
            }
        }
        if self.isTerminal { tellOnStandardError("\r\u{1B}[K") }
    }

    private mutating func addTask(to group: inout TaskGroup<(SimulationFigures, [SimulationFailure])>) {
        let isOver = self.deadline.map { ContinuousClock.now >= $0 } ?? false
        guard self.nextSeed < self.seeds.upperBound, !isOver, self.failures.count < Self.failureCountMax else { return }
        let count = min(Self.seedsPerTask, self.seeds.upperBound - self.nextSeed)
        let part = self.nextSeed..<self.nextSeed + count
        self.nextSeed = part.upperBound
        group.addTask { [weakness] in
            var figures = SimulationFigures()
            var failures: [SimulationFailure] = []
            for seed in part {
                do throws(SimulationFailure) {
                    figures.add(try JournalSimulation.run(seed: seed, weakness: weakness))
                } catch {
                    failures.append(error)
                }
            }
            return (figures, failures)
        }
    }

    /// A line that is written over on a terminal, a line each minute in a log.
    private mutating func tellProgress() {
        let interval: Duration = self.isTerminal ? .milliseconds(200) : .seconds(60)
        guard ContinuousClock.now - self.lastTold >= interval else { return }
        self.lastTold = .now
        let text =
            "\(self.figures.histories) histories, \(self.crashCount) crashes, \(self.figures.eventsAcknowledged) events, "
            + "\(self.failures.count) failures, \(self.elapsed)"
        tellOnStandardError(self.isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
    }

    private var crashCount: Int { self.figures.powerLosses + self.figures.kills }

    private var elapsed: String { "\((ContinuousClock.now - self.begin).components.seconds) s" }

    /// Prints failures and figures.
    ///
    /// - Returns: Whether every promise was kept.
    func report() -> Bool {
        for failure in self.failures.sorted(by: { $0.seed < $1.seed }).prefix(Self.failureCountMax) { print(failure) }
        let counts = SimulationFigures.counts.map { ($0.name, self.figures[keyPath: $0.path]) }
        let faults = self.figures.faults.map { ($0.rawValue, $1) }.sorted { $0.0 < $1.0 }
        for (name, count) in counts + faults { print(self.row(name, count)) }
        let range = "seeds \(self.seeds.lowerBound) to \(self.nextSeed - 1), \(self.elapsed)"
        print(
            self.failures.isEmpty ? "Every promise was kept (\(range))." : "\(self.failures.count) BROKEN (\(range)).")
        return self.failures.isEmpty
    }

    private func row(_ name: String, _ count: Int) -> String {
        let digits = String(count)
        return name + String(repeating: " ", count: max(1, 48 - name.count - digits.count)) + digits
    }
}

/// Says something beside the output.
func tellOnStandardError(_ text: String) {
    let bytes = Array(text.utf8)
    // Where it can't be said there is nobody to tell.
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
}
