import Foundation
import Logging
import Synchronization
import Testing
import WallClock

@testable import TableServer

@Suite struct LogHandlersTests {
    /// Collects lines instead of showing them.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    /// A clock whose hands are moved by hand.
    private final class ManualClock: Sendable {
        private let time: Mutex<WallTime>
        init(_ time: WallTime) { self.time = Mutex(time) }
        func set(_ time: WallTime) { self.time.withLock { $0 = time } }
        func now() -> WallTime { time.withLock { $0 } }
    }

    private let clock = ManualClock(
        WallTime(year: 2026, month: 3, day: 9, hour: 6, minute: 40, second: 7, millisecond: 16))

    private func console(_ lines: Lines, colours: Bool = false) -> Logger {
        Logger(label: "test") { [clock] _ in
            ConsoleLogHandler(level: .info, colours: colours, clock: { clock.now() }, output: { lines.add($0) })
        }
    }

    @Test func `the console shows time, level, message and facts`() {
        let lines = Lines()
        console(lines).info("Server started", metadata: ["url": "http://localhost:8010", "a": "b c"])
        #expect(lines.all == ["06:40:07 INFO     Server started a=\"b c\" url=http://localhost:8010\n"])
    }

    @Test func `the console leaves out what is below its level`() {
        let lines = Lines()
        console(lines).debug("detail")
        #expect(lines.all.isEmpty)
    }

    @Test func `colours are only there when asked for`() {
        let lines = Lines()
        console(lines, colours: true).error("no")
        console(lines).error("no")
        #expect(lines.all[0].contains("\u{1B}[31m"))
        #expect(!lines.all[1].contains("\u{1B}"))
    }

    @Test func `what a client sent can't forge a line`() {
        let lines = Lines()
        console(lines).info("GET /a\n06:40:07 ERROR lies", metadata: ["path": "\u{1B}[2J"])
        #expect(lines.all.count == 1)
        #expect(lines.all[0].filter { $0 == "\n" }.count == 1)
        #expect(!lines.all[0].contains("\u{1B}"))
    }

    @Test func `each day has its file, from midnight on`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = DailyLogFile(folder: folder.path)
        let logger = Logger(label: "test") { [clock] _ in
            FileLogHandler(level: .debug, file: file, clock: { clock.now() })
        }
        clock.set(WallTime(year: 2026, month: 11, day: 23, hour: 23, minute: 59, second: 59, millisecond: 999))
        logger.debug("before")
        clock.set(WallTime(year: 2026, month: 11, day: 24))
        logger.debug("after")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == ["spelltable-2026-11-23.log", "spelltable-2026-11-24.log"])
        let texts = try files.map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }
        #expect(texts == ["2026-11-23 23:59:59.999 DEBUG    before\n", "2026-11-24 00:00:00.000 DEBUG    after\n"])
    }
}
