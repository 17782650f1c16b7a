import Foundation
import Glibc
import Testing

@testable import TableServer

@Suite struct LogFileNameTests {
    @Test func `a day's first file has no number`() {
        #expect(LogFileName(date: "2026-11-23").text == "spelltable_2026-11-23.log")
        #expect(LogFileName(date: "2026-11-23", part: 2).compressed == "spelltable_2026-11-23.2.log.gz")
    }

    @Test(arguments: [1, 2, 10, 345])
    func `names are read back`(part: Int) {
        let name = LogFileName(date: "2026-11-23", part: part)
        #expect(LogFileName(name.text) == name)
    }

    @Test(arguments: [
        "spelltable_2026-11-23.1.log", "spelltable_2026-11-23.02.log", "spelltable_2026-13-23.log",
        "spelltable_2026-11-31.log", "spelltable_2026-11-23.log.gz", "spelltable_2026-11-23.txt", "other.log",
        "xspelltable_2026-11-23.log", "spelltable_2026-11-23.9999999999.log", "spelltable_٢٠٢٦-11-23.log",
    ])
    func `other names are left alone`(name: String) { #expect(LogFileName(name) == nil) }

    @Test func `they are ordered as they were written, the tenth behind the second`() {
        let names = [
            LogFileName(date: "2026-11-22", part: 11), LogFileName(date: "2026-11-23"),
            LogFileName(date: "2026-11-23", part: 2), LogFileName(date: "2026-11-23", part: 10),
        ]
        #expect(names.shuffled().sorted() == names)
    }
}

/// A folder of log files that goes with the test.
final class LogFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("spelltable-\(UUID())").path

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    func put(_ name: String, _ text: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }
}

@Suite struct LogFilesTests {
    private let folder = LogFolder()

    private func files(byteCountMax: Int64 = 1_000) -> LogFiles {
        LogFiles(folder: folder.path, byteCountMax: byteCountMax)
    }

    @Test func `each day has its file`() throws {
        let files = files()
        files.append("before\n", date: "2026-11-23")
        files.append("after\n", date: "2026-11-24")
        #expect(try folder.names == ["spelltable_2026-11-23.log", "spelltable_2026-11-24.log"])
        #expect(try folder.text("spelltable_2026-11-23.log") == "before\n")
        #expect(try folder.text("spelltable_2026-11-24.log") == "after\n")
    }

    @Test func `a day goes on in another file when one would become too large`() throws {
        let files = files(byteCountMax: 10)
        for line in ["12345\n", "123\n", "1\n", "a line that is too long by itself\n", "x\n"] {
            files.append(line, date: "2026-11-23")
        }
        #expect(
            try folder.names == [
                "spelltable_2026-11-23.2.log", "spelltable_2026-11-23.3.log", "spelltable_2026-11-23.4.log",
                "spelltable_2026-11-23.log",
            ])
        #expect(try folder.text("spelltable_2026-11-23.log") == "12345\n123\n")
        #expect(try folder.text("spelltable_2026-11-23.2.log") == "1\n")
        #expect(try folder.text("spelltable_2026-11-23.3.log") == "a line that is too long by itself\n")
        #expect(try folder.text("spelltable_2026-11-23.4.log") == "x\n")
    }

    @Test func `after a restart the day's last file is gone on with`() throws {
        try folder.put("spelltable_2026-11-23.log", "1234567890\n")
        try folder.put("spelltable_2026-11-23.2.log", "first\n")
        files(byteCountMax: 10).append("xyz\n", date: "2026-11-23")
        #expect(try folder.text("spelltable_2026-11-23.2.log") == "first\nxyz\n")
        files(byteCountMax: 10).append("full\n", date: "2026-11-23")
        #expect(try folder.text("spelltable_2026-11-23.3.log") == "full\n")
    }

    @Test func `a file that is compressed already is not begun again`() throws {
        try folder.put("spelltable_2026-11-23.2.log.gz", "")
        files().append("x\n", date: "2026-11-23")
        #expect(try folder.text("spelltable_2026-11-23.3.log") == "x\n")
    }

    @Test func `a file that is being compressed is left for the next`() throws {
        try folder.put("spelltable_2026-11-23.log", "old\n")
        let descriptor = open("\(folder.path)/spelltable_2026-11-23.log", O_RDONLY)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        files().append("new\n", date: "2026-11-23")
        #expect(try folder.text("spelltable_2026-11-23.log") == "old\n")
        #expect(try folder.text("spelltable_2026-11-23.2.log") == "new\n")
    }

    @Test func `a folder that can't be written is tried again, on the same day`() throws {
        try folder.put("blocker", "")
        let path = folder.path + "/blocker"
        let files = LogFiles(folder: path, byteCountMax: 1_000)
        files.append("lost\n", date: "2026-11-23")
        try FileManager.default.removeItem(atPath: path)
        for number in 0..<LogFiles.retryLineCount { files.append("\(number)\n", date: "2026-11-23") }
        let text = try folder.text("blocker/spelltable_2026-11-23.log")
        #expect(text == "\(LogFiles.retryLineCount - 1)\n")
    }

    @Test func `two may write to one file`() throws {
        let (one, other) = (files(), files())
        one.append("a\n", date: "2026-11-23")
        other.append("b\n", date: "2026-11-23")
        one.append("c\n", date: "2026-11-23")
        #expect(try folder.text("spelltable_2026-11-23.log") == "a\nb\nc\n")
    }
}
