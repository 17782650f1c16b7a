import Glibc
import Replay

/// What is known of the terminal, if there is one.
enum Terminal {
    /// Colours for standard output.
    static var paint: Paint { Paint(isColoured: isColourful(STDOUT_FILENO)) }

    /// Colours for standard error.
    static var errorPaint: Paint { Paint(isColoured: isColourful(STDERR_FILENO)) }

    /// Columns of the terminal that standard output goes to; `nil` if it goes elsewhere.
    static var width: Int? { width(of: STDOUT_FILENO) }

    /// Columns of the terminal that standard error goes to; `nil` if it goes elsewhere.
    static var errorWidth: Int? { width(of: STDERR_FILENO) }

    /// Whether somebody is there to be asked.
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks on standard error and reads a line; anything but yes is no.
    static func confirms(_ question: String) -> Bool {
        let prompt = Array("\(question) [y/N] ".utf8)
        _ = Glibc.write(STDERR_FILENO, prompt, prompt.count)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }

    /// NO_COLOR (no-color.org): set and not empty means no colours.
    private static func isColourful(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1, environment("TERM") != "dumb" else { return false }
        return (environment("NO_COLOR") ?? "").isEmpty
    }

    private static func width(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// A variable of the environment.
    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
