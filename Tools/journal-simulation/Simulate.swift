import ArgumentParser
import Glibc
import JournalSimulation

/// The program's options, and what it does with them.
@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs the journal's own code over a simulated disk that crashes, tears, fills up and lies.",
        discussion: """
            Each seed is one history of a journal: several lives, each with a start (recovery), commits small and large, \
            readers, snapshots, and a crash at some call to the disk, recovery included. After each start the journal is \
            compared with what was acknowledged. The same seed gives the same history on every machine, so a failure is \
            looked into by running its seed again.

            EXAMPLES
              Tools/simulate --seeds 10000               histories 0 to 9,999
              Tools/simulate --seeds 10000 --from 50000  histories 50,000 to 59,999
              Tools/simulate --minutes 60 --from 1000000 for an hour, from there on
              Tools/simulate --seed 4711                 one history, told step by step
              Tools/simulate --seeds 1000 --without no-data-sync
                                                         a journal without fdatasync: must fail

            Exit code: 0 if every promise was kept, 1 if one was broken, 2 if the options are wrong.
            """)

    @Option(help: "How many histories to run (default: 10000; with --minutes without end).") var seeds: UInt64?
    @Option(help: "The first seed.") var from: UInt64 = 0
    @Option(help: "Run this one seed alone, and print what happens in it.") var seed: UInt64?
    @Option(help: "Stop after so many minutes.") var minutes: Double?
    @Option(help: "How many histories at a time.") var jobs = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    @Option(help: ArgumentHelp("Leave something out, to see that it is noticed.", valueName: "what")) var without:
        Weakness?

    func validate() throws {
        guard self.seed == nil || (self.seeds == nil && self.minutes == nil) else {
            throw ValidationError("--seed runs one history; leave out --seeds and --minutes.")
        }
        guard 1...1024 ~= self.jobs else { throw ValidationError("--jobs is a number from 1 to 1024.") }
        guard self.minutes.map({ 0 < $0 && $0 <= 1e6 }) ?? true else {
            throw ValidationError("--minutes is a number above 0.")
        }
        guard self.seeds != 0, !self.from.addingReportingOverflow(self.seeds ?? 0).overflow else {
            throw ValidationError("--seeds is a number above 0, and --from leaves room for as many.")
        }
    }

    func run() async throws {
        if let seed {
            self.tell(seed)
        } else {
            let seeds = self.seeds ?? (self.minutes == nil ? 10_000 : .max - self.from)
            var campaign = Campaign(seeds: self.from..<self.from + seeds, weakness: self.without, minutes: self.minutes)
            await campaign.run(jobs: self.jobs)
            if !campaign.report() { throw ExitCode(1) }
        }
    }

    /// One history, step by step.
    private func tell(_ seed: UInt64) {
        let (failure, steps) = JournalSimulation.trace(seed: seed, weakness: self.without, keepsAll: true)
        for step in steps { print(step) }
        print(failure.map { "seed \(seed): BROKEN: \($0)" } ?? "seed \(seed): every promise was kept")
        if failure != nil { Self.exit(withError: ExitCode(1)) }
    }

    static func main() async {
        do {
            var command = try self.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let code = self.exitCode(for: error)
            guard code == .validationFailure else { self.exit(withError: error) }
            tellOnStandardError(self.fullMessage(for: error) + "\n")
            Glibc.exit(2)
        }
    }
}

extension Weakness: ExpressibleByArgument {}
