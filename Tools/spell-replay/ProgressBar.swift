import Glibc
import Replay
import WallClock

/// The progress bar: one line on standard error that is written over and cleared in the end; nothing without a terminal.
final class ProgressBar {
    private var meter = ProgressMeter(now: SystemTime.steady)
    private let isWanted = Terminal.errorWidth != nil
    private var isDrawn = false

    /// Takes a step in; see ``ProgressMeter``.
    func show(_ step: ProgressStep) {
        guard isWanted, let width = Terminal.errorWidth,
            let line = meter.line(for: step, now: SystemTime.steady, width: width - 1)
        else { return }
        isDrawn = true
        write("\r\u{1B}[K\(line)")
    }

    /// Takes the line away, until the next step.
    func clear() {
        guard isDrawn else { return }
        isDrawn = false
        write("\r\u{1B}[K")
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        // A bar that can't be drawn changes nothing about the work.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
