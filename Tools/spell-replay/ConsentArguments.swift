import ArgumentParser
import Replay

/// Whether what was shown is to be done.
struct ConsentArguments: ParsableArguments {
    @Flag(help: "Only show what would be done.") var dryRun = false
    @Flag(name: [.customShort("y"), .long], help: "Don't ask.") var yes = false

    /// Asks, unless that is answered already; false for a dry run.
    ///
    /// - Throws: ``ReplayError/no(_:)`` if the answer is no, ``ReplayError/usage(_:hint:)`` if nobody is there.
    func isGiven(_ question: String) throws -> Bool {
        try Output.shared.flush()
        if dryRun { return false }
        if yes { return true }
        guard Terminal.isInteractive else {
            throw ReplayError.usage(
                "there is nobody to ask whether this is wanted", hint: "Add --yes to do it, or --dry-run to only look.")
        }
        guard Terminal.confirms(question) else { throw ReplayError.no("nothing was changed") }
        return true
    }
}
