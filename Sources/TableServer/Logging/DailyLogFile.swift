import Glibc
import Synchronization

/// One log file per local day, `spelltable-2026-11-23.log`, in one folder.
///
/// A line goes to the file of the day on which it is written, so the change at midnight needs no timer. Lines are
/// written at once and not synced: after a crash the kernel still has them. Safe from every thread.
package final class DailyLogFile: Sendable {
    private struct State {
        var date = ""
        var descriptor: Int32 = -1
        var complained = false
    }

    private let folder: String
    private let state = Mutex(State())

    /// - Parameter folder: Where the files go; made if it isn't there (its parent must be).
    package init(folder: String) {
        self.folder = folder
    }

    deinit {
        state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
    }

    /// Appends one line, ended by its line feed, to the file of the given day.
    ///
    /// A log that can't be written must not stop the table: it is said once on standard error, and the next day's
    /// file is tried anew.
    package func append(_ line: String, date: String) {
        state.withLock { state in
            if state.date != date { open(date, &state) }
            guard state.descriptor >= 0 else { return }
            let bytes = Array(line.utf8)
            if write(state.descriptor, bytes, bytes.count) != bytes.count { complain(&state) }
        }
    }

    private func open(_ date: String, _ state: inout State) {
        if state.descriptor >= 0 { close(state.descriptor) }
        state = State(date: date)
        mkdir(folder, 0o755)
        state.descriptor = Glibc.open(
            "\(folder)/spelltable-\(date).log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        if state.descriptor < 0 { complain(&state) }
    }

    private func complain(_ state: inout State) {
        guard !state.complained else { return }
        state.complained = true
        let text = Array("spell-server: can't write the log in \(folder): \(String(cString: strerror(errno)))\n".utf8)
        _ = write(STDERR_FILENO, text, text.count)
    }
}
