import Dispatch
import Glibc
import Replay
import Synchronization

/// The keyboard, key by key, as long as it is open; then the terminal is as it was.
final class Keyboard: Sendable {
    private let before: termios
    private let isOpen = Atomic(true)

    /// How long the reader may take to notice that it is over, in milliseconds.
    private static let pollMilliseconds: Int32 = 100

    /// Opens it if standard input is a terminal that this process may read from.
    ///
    /// - Parameter onKey: Called on a queue of its own.
    /// - Returns: `nil` without a terminal, or in the background of one.
    static func open(onKey: @escaping @Sendable (PlaybackKey) -> Void) -> Keyboard? {
        guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp() else { return nil }
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var keyByKey = before
        keyByKey.c_lflag &= ~tcflag_t(ICANON | ECHO)
        // ^C still is a signal; ^Z and ^\ are none, as they would leave the terminal like this. The places are Linux's.
        keyByKey.c_cc.10 = 0  // VSUSP
        keyByKey.c_cc.1 = 0  // VQUIT
        keyByKey.c_cc.6 = 1  // VMIN
        keyByKey.c_cc.5 = 0  // VTIME
        guard tcsetattr(STDIN_FILENO, TCSANOW, &keyByKey) == 0 else { return nil }
        let keyboard = Keyboard(before: before)
        DispatchQueue(label: "keyboard").async { keyboard.read(onKey) }
        return keyboard
    }

    private init(before: termios) {
        self.before = before
    }

    /// Puts the terminal back.
    func close() {
        isOpen.store(false, ordering: .relaxed)
        var before = before
        // Fails only if the terminal is gone.
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    private func read(_ onKey: (PlaybackKey) -> Void) {
        var reader = PlaybackKeyReader()
        var bytes = [UInt8](repeating: 0, count: 256)
        while isOpen.load(ordering: .relaxed) {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&input, 1, Self.pollMilliseconds) > 0 else { continue }
            let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            // The terminal is gone.
            guard count > 0 else { return }
            for key in reader.read(Array(bytes.prefix(count))) { onKey(key) }
        }
    }
}
