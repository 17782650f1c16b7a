import ArgumentParser
import Glibc
import Replay

/// How the program ends: what is said on standard error, and the exit code.
enum ExitReport {
    /// Tells an error and answers the exit code that stands for it.
    static func code(telling error: any Error) -> Int32 {
        switch error {
        case is Output.Closed: return 0
        case let failure as Output.Failed:
            Output.tell("spell-replay: standard output: \(String(cString: strerror(failure.code)))")
            return 3
        case let error as ReplayError: return tell(error)
        case let code as ExitCode: return finish(code.rawValue)
        default: return parserCode(error)
        }
    }

    private static func tell(_ error: ReplayError) -> Int32 {
        let answer = finish(error.exitCode)
        Output.tell(Terminal.errorPaint(.bad, "spell-replay:") + " \(error)")
        return answer
    }

    /// What the option parser has to say: help goes to standard output, complaints to standard error.
    private static func parserCode(_ error: any Error) -> Int32 {
        let code = SpellReplay.exitCode(for: error)
        let message = SpellReplay.fullMessage(for: error).replacingMinusSigns()
        guard code.isSuccess else {
            Output.tell(message)
            return code == .validationFailure ? 2 : 3
        }
        do {
            if !message.isEmpty { try Output.shared.write(message + "\n") }
            return finish(0)
        } catch {
            return self.code(telling: error)
        }
    }

    /// Sends what was printed before the end.
    private static func finish(_ code: Int32) -> Int32 {
        do {
            try Output.shared.flush()
            return code
        } catch is Output.Closed {
            return code
        } catch {
            return 3
        }
    }
}
