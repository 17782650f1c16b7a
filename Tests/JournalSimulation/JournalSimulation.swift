/// A history that broke a promise.
package struct SimulationFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Gives the same history again.
    package let seed: UInt64

    /// Which promise.
    package let reason: String

    /// What happened before, step by step.
    package let trace: [String]

    package var description: String {
        "seed \(self.seed): \(self.reason)\n" + self.trace.map { "    \($0)\n" }.joined()
            + "  again: Tools/simulate --seed \(self.seed)"
    }
}

/// Random histories of a journal on a disk that fails (docs/reliability.md, "The disk").
package enum JournalSimulation {
    /// Runs one history; the same seed gives the same one on every machine.
    ///
    /// - Throws: ``SimulationFailure`` with a trace, for which the history is run a second time.
    package static func run(
        seed: UInt64, weakness: Weakness? = nil
    ) throws(SimulationFailure) -> SimulationFigures {
        var history = JournalHistory(seed: seed, weakness: weakness, trace: HistoryTrace(keptCount: 0))
        do throws(Violation) {
            try history.run()
            return history.figures
        } catch {
            let (reason, trace) = self.trace(seed: seed, weakness: weakness)
            throw SimulationFailure(seed: seed, reason: reason ?? error.reason, trace: trace)
        }
    }

    /// What happens in one history, step by step, and the promise that it broke, if any.
    ///
    /// The newest 60 steps, or all.
    package static func trace(
        seed: UInt64, weakness: Weakness? = nil, keepsAll: Bool = false
    ) -> (failure: String?, steps: [String]) {
        var history = JournalHistory(
            seed: seed, weakness: weakness, trace: HistoryTrace(keptCount: keepsAll ? .max : 60))
        do throws(Violation) {
            try history.run()
            return (nil, history.trace.steps)
        } catch {
            return (error.reason, history.trace.steps)
        }
    }

    /// The first seed that notices a weakness; nil if none of them does.
    package static func firstFailure(of seeds: Range<UInt64>, weakness: Weakness) -> SimulationFailure? {
        for seed in seeds {
            do throws(SimulationFailure) {
                _ = try self.run(seed: seed, weakness: weakness)
            } catch {
                return error
            }
        }
        return nil
    }
}
