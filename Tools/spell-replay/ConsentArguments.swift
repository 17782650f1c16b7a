import ArgumentParser
import Replay

/// Whether what was shown is to be done, and how it is shown.
struct ConsentArguments: ParsableArguments {
    @Flag(help: "Only show what would be done.") var dryRun = false
    @Flag(name: [.customShort("y"), .long], help: "Don't ask.") var yes = false
    @Flag(help: "One JSON object (docs/replay-json.md); asks nobody, so with --yes or --dry-run.") var json = false

    func validate() throws {
        guard !json || yes || dryRun else { throw ValidationError("--json goes with --yes or --dry-run.") }
    }

    /// Whether somebody is going to be asked.
    var isAsking: Bool { !dryRun && !yes }

    /// Asks, unless that is answered already; false for a dry run.
    ///
    /// - Throws: ``ReplayError/no(_:)`` if the answer is no, ``ReplayError/usage(_:hint:)`` if nobody is there.
    func isGiven(_ question: String) throws -> Bool {
        try Output.shared.flush()
        guard isAsking else { return !dryRun }
        guard Terminal.isInteractive else {
            throw ReplayError.usage(
                "there is nobody to ask whether this is wanted", hint: "Add --yes to do it, or --dry-run to only look.")
        }
        guard Terminal.confirms(question) else { throw ReplayError.no("nothing was changed") }
        return true
    }
}
