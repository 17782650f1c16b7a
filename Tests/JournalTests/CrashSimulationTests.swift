import JournalSimulation
import TestSupport
import Testing

/// Random histories on a disk that fails in every way that ``SimulatedFileSystem`` knows.
@Suite("Crash simulation")
struct CrashSimulationTests {
    @Test(arguments: stride(from: 0, to: 3000, by: 1000).map { $0 as UInt64 })
    func `acknowledged events survive every crash, and damage is named`(firstSeed: UInt64) {
        var figures = SimulationFigures()
        for seed in firstSeed..<firstSeed + 1000 {
            do throws(SimulationFailure) {
                figures.add(try JournalSimulation.run(seed: seed))
            } catch {
                Issue.record("\(error)")
            }
        }
        // A simulation in which nothing goes wrong shows nothing.
        for (name, count) in SimulationFigures.counts { #expect(figures[keyPath: count] > 0, "\(name)") }
        for fault in SimulatedFault.allCases { #expect(figures.faults[fault] ?? 0 > 0, "\(fault.rawValue)") }
        #expect(figures.powerLosses > 800 && figures.crashesInRecovery > 80 && figures.tornTails > 80)
        #expect(figures.commitsInDoubt > 200 && figures.flipsNamed > 80 && figures.segmentChanges > 200)
    }

    @Test(arguments: Weakness.allCases)
    func `a journal that leaves something out is found out`(weakness: Weakness) {
        #expect(JournalSimulation.firstFailure(of: 0..<1000, weakness: weakness) != nil)
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `one seed is one history`(seed: UInt64) throws {
        #expect(try JournalSimulation.run(seed: seed) == JournalSimulation.run(seed: seed))
        let (failure, steps) = JournalSimulation.trace(seed: seed)
        #expect(failure == nil && !steps.isEmpty && steps == JournalSimulation.trace(seed: seed).steps)
    }
}
