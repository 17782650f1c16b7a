import Glibc
import JSONDocument
import Replay
import Synchronization
import WallClock

/// What whoever started the player sees and types: the greeting, the status line, the keys.
final class PlayScreen: Sendable {
    /// What was typed; without a terminal nothing ever comes.
    let keys: AsyncStream<PlaybackKey>

    private let player: Player
    private let isJSON: Bool
    private let typed: AsyncStream<PlaybackKey>.Continuation
    private let state = Mutex(State())

    private struct State {
        var keyboard: Keyboard?
        var isListening = false
        var isClosed = false
        var line = ""
    }

    init(player: Player, isJSON: Bool) {
        self.player = player
        self.isJSON = isJSON
        (keys, typed) = AsyncStream.makeStream()
    }

    /// The server is there.
    func listening(on addresses: [String]) async {
        let status = await player.status
        let text =
            isJSON
            ? status.json.adding("addresses", .array(addresses.map { .string($0) })).text
            : "playing events \(status.first) to \(status.last) on \(addresses.joined(separator: " "))"
        do {
            try Output.shared.write(text + "\n")
            try Output.shared.flush()
        } catch {
            // Nobody reads it; whoever watches, watches.
            Output.tell(text)
        }
        let typed = typed
        let keyboard = Keyboard.open { typed.yield($0) }
        state.withLock { state in
            state.keyboard = keyboard
            state.isListening = true
        }
    }

    /// Keeps the status line up to date until it is cancelled; does nothing without a terminal.
    func show() async throws {
        while !Task.isCancelled {
            let status = await player.status
            draw(status)
            // Cancelled is as good as slept.
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private func draw(_ status: PlaybackStatus) {
        guard let width = Terminal.errorWidth else { return }
        let line = status.line(zone: .system, width: width - 1)
        state.withLock { state in
            guard state.isListening, !state.isClosed, line != state.line else { return }
            state.line = line
            Self.write("\r\u{1B}[K\(line)")
        }
    }

    /// Puts the terminal back; what comes later is not shown.
    func close() {
        typed.finish()
        state.withLock { state in
            state.isClosed = true
            if !state.line.isEmpty { Self.write("\r\u{1B}[K") }
            state.line = ""
            state.keyboard?.close()
            state.keyboard = nil
        }
    }

    /// Says where it stopped.
    func finish() async throws {
        let status = await player.status
        try Output.shared.write(
            isJSON ? status.json.text + "\n" : "stopped after event \(status.offset) of \(status.last)\n")
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        // A line that can't be drawn changes nothing about the recording.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}

extension JSONValue {
    fileprivate func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        var copy = self
        copy.setMember(name, to: value)
        return copy
    }
}
