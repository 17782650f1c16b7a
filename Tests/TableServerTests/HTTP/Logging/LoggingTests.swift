import JSONDocument
import Logging
import Synchronization
import Testing
import WallClock

@testable import TableServer

@Suite struct LineLogHandlerTests {
    /// Collects lines instead of showing them.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private func logger(_ lines: Lines, _ layout: LogLayout) -> Logger {
        let wall = WallTime(year: 2026, month: 3, day: 9, hour: 6, minute: 40, second: 7, millisecond: 16)
        let time = LogTime(wall: wall, milliseconds: 1_773_034_807_016)
        return Logger(label: "test") { label in
            LineLogHandler(
                label: label, clock: { time },
                outputs: [LogOutput(level: .info, layout: layout) { line, _ in lines.add(line) }])
        }
    }

    @Test func `the console shows time, level, message and facts`() {
        let lines = Lines()
        logger(lines, .console(colours: false)).info(
            "Server started", metadata: ["url": "http://localhost:8010", "a": "b c"])
        #expect(lines.all == ["06:40:07 INFO     Server started a=\"b c\" url=http://localhost:8010\n"])
    }

    @Test func `a file's lines have the date`() {
        let lines = Lines()
        logger(lines, .file).info("Server started", metadata: ["a": "b"])
        #expect(lines.all == ["2026-03-09 06:40:07.016 INFO     Server started a=b\n"])
    }

    @Test func `what is below the level is left out`() {
        let lines = Lines()
        logger(lines, .console(colours: false)).debug("detail")
        #expect(lines.all.isEmpty)
    }

    @Test func `each output gets what its own level lets through`() {
        let (console, file) = (Lines(), Lines())
        var logger = Logger(label: "test") { label in
            LineLogHandler(
                label: label,
                outputs: [
                    LogOutput(level: .info, layout: .console(colours: false)) { line, _ in console.add(line) },
                    LogOutput(level: .debug, layout: .json) { line, _ in file.add(line) },
                ])
        }
        logger[metadataKey: "connection"] = "7"
        logger.trace("nobody's")
        logger.debug("the file's")
        logger.info("everybody's", metadata: ["a": "b"])
        #expect(console.all.count == 1)
        #expect(console.all.first?.hasSuffix("INFO     everybody's a=b connection=7\n") == true)
        #expect(file.all.map { $0.contains(#""connection":"7""#) } == [true, true])
        #expect(file.all.first?.contains("the file's") == true)

        logger.logLevel = .debug
        logger.debug("still the file's")
        logger.logLevel = .warning
        logger.info("nobody's any more")
        #expect(console.all.count == 1)
        #expect(file.all.count == 3)
    }

    @Test func `colours are only there when asked for`() {
        let lines = Lines()
        logger(lines, .console(colours: true)).error("no")
        logger(lines, .console(colours: false)).error("no")
        #expect(lines.all[0].contains("\u{1B}[31m"))
        #expect(!lines.all[1].contains("\u{1B}"))
    }

    @Test(arguments: [LogLayout.console(colours: false), .file, .json])
    func `what a client sent can't forge a line or drive a terminal`(layout: LogLayout) {
        let lines = Lines()
        logger(lines, layout).info(
            "GET /a\n06:40:07 ERROR lies \u{85}\u{2028}", metadata: ["path": "\u{1B}[2J\u{9B}2J\r\u{202E}"])
        #expect(lines.all.count == 1)
        let bad = Set("\u{1B}\u{9B}\u{85}\u{2028}\u{202E}\r".unicodeScalars)
        #expect(lines.all[0].unicodeScalars.filter { $0 == "\n" }.count == 1)
        #expect(!lines.all[0].unicodeScalars.contains { bad.contains($0) })
    }

    @Test func `JSON is one object a line`() {
        let lines = Lines()
        logger(lines, .json).warning("Careful", metadata: ["b": "2", "a": "1"])
        #expect(
            lines.all == [
                #"{"time":"2026-03-09T05:40:07.016Z","level":"warning","label":"test","message":"Careful","#
                    + #""metadata":{"a":"1","b":"2"}}"# + "\n"
            ])
    }

    @Test func `JSON gives back whatever was logged`() throws {
        let lines = Lines()
        let nasty = "\"\\\n\t\u{0}\u{1B}\u{85}\u{2028}é🎲/"
        logger(lines, .json).info(
            "\(nasty)", metadata: ["list": ["\(nasty)", ["k": "v"]], "convertible": .stringConvertible(5), nasty: "x"])
        let line = try JSONValue.parse(Array(try #require(lines.all.first).utf8))
        #expect(line["message"]?.stringValue == nasty)
        #expect(line["metadata"]?["convertible"]?.stringValue == "5")
        #expect(line["metadata"]?[nasty]?.stringValue == "x")
        #expect(line["metadata"]?["list"] == .array([.string(nasty), .object([(key: "k", value: .string("v"))])]))
    }
}
