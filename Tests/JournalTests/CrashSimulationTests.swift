import JournalSimulation
import Testing

/// Random histories on a disk that fails in every way that ``SimulatedFileSystem`` knows.
@Suite("Crash simulation")
struct CrashSimulationTests {
    @Test(arguments: stride(from: 0, to: 3000, by: 250).map { $0 as UInt64 })
    func `acknowledged events survive every crash, and damage is named`(firstSeed: UInt64) {
        var figures = SimulationFigures()
        for seed in firstSeed..<firstSeed + 250 {
            do throws(SimulationFailure) {
                figures.add(try JournalSimulation.run(seed: seed))
            } catch {
                Issue.record("\(error)")
            }
        }
        // A simulation in which nothing goes wrong shows nothing.
        #expect(figures.powerLosses > 200 && figures.crashesInRecovery > 20 && figures.tornTails > 20)
        #expect(figures.commitsInDoubt > 50 && figures.flipsNamed > 20 && figures.segmentChanges > 50)
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
