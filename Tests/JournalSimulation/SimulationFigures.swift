import TestSupport

/// What happened in one history, or in many.
package struct SimulationFigures: Sendable, Equatable {
    package var histories = 0
    /// Starts that went well and were checked.
    package var starts = 0
    package var powerLosses = 0
    package var kills = 0
    /// Of those two, how many came before the start was done.
    package var crashesInRecovery = 0
    /// Starts that an error of the disk ended; tried again.
    package var failedStarts = 0
    package var commitsAcknowledged = 0
    package var eventsAcknowledged = 0
    package var commitsRefused = 0
    /// Commits of which nobody knew whether they are on disk: found whole at the next start, or gone.
    package var commitsInDoubt = 0
    package var commitsInDoubtKept = 0
    /// Lines found at all the starts together.
    package var eventsRecovered = 0
    package var tornTails = 0
    package var segmentChanges = 0
    package var largeCommits = 0
    package var snapshotsWritten = 0
    package var snapshotsUsed = 0
    package var flips = 0
    /// Flips that a start or a verification refused by file and byte.
    package var flipsNamed = 0
    /// Flips in the last commit of an open frame or in the last end mark, which were cut off and reported.
    package var flipsCutOff = 0
    /// Flips that change nothing that anybody reads.
    package var flipsIrrelevant = 0
    package var faults: [SimulatedFault: Int] = [:]

    package init() {}

    package mutating func add(_ faults: [SimulatedFault: Int]) { self.faults.merge(faults, uniquingKeysWith: +) }

    package mutating func add(_ other: SimulationFigures) {
        for (_, path) in Self.counts { self[keyPath: path] += other[keyPath: path] }
        self.add(other.faults)
    }

    /// Every count with what it is called in a summary.
    package static var counts: [(name: String, path: WritableKeyPath<SimulationFigures, Int>)] {
        [
            ("histories", \.histories), ("starts checked", \.starts), ("power losses", \.powerLosses),
            ("kills", \.kills), ("  of both, during a start", \.crashesInRecovery),
            ("starts that a disk error ended", \.failedStarts), ("commits acknowledged", \.commitsAcknowledged),
            ("  of more than one block", \.largeCommits), ("events acknowledged", \.eventsAcknowledged),
            ("commits refused", \.commitsRefused), ("commits in doubt", \.commitsInDoubt),
            ("  of them found whole", \.commitsInDoubtKept), ("events recovered", \.eventsRecovered),
            ("torn tails cut off", \.tornTails), ("changes of segments", \.segmentChanges),
            ("snapshots written", \.snapshotsWritten), ("snapshots used", \.snapshotsUsed),
            ("bits flipped", \.flips), ("  named by file and byte", \.flipsNamed),
            ("  cut off as an unfinished commit", \.flipsCutOff), ("  without effect", \.flipsIrrelevant),
        ]
    }
}
