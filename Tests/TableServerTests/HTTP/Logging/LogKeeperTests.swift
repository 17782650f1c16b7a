import Foundation
import Synchronization
import Testing

@testable import TableServer

@Suite struct LogKeeperTests {
    /// Passes that wait until a test lets them run.
    private final class Passes: Sendable {
        private let waiting = Mutex<[@Sendable () -> Void]>([])
        func add(_ pass: @escaping @Sendable () -> Void) { waiting.withLock { $0.append(pass) } }
        func run() {
            let passes = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for pass in passes { pass() }
        }
    }

    private final class Complaints: Sendable {
        private let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock { $0 } }
    }

    private let folder = LogFolder()
    private let passes = Passes()
    private let complaints = Complaints()
    private let today = LogFileName(date: "2026-11-23")

    private func keeper(dayCount: Int = 7) -> LogKeeper {
        LogKeeper(
            folder: folder.path, dayCount: dayCount, later: { [passes] in passes.add($0) },
            complain: { [complaints] in complaints.add($0) })
    }

    private func keep(dayCount: Int = 7) {
        keeper(dayCount: dayCount).begin(current: today)
        passes.run()
    }

    /// What another program makes of a compressed file.
    private func unpacked(_ name: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", "\(folder.path)/\(name)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `what is not written to any more is compressed, whole`() throws {
        let text = (0..<50_000).map { "line \($0)\n" }.joined()
        try folder.put("spelltable_2026-11-22.log", text)
        try folder.put("spelltable_2026-11-23.log", "now\n")
        keep()
        #expect(try folder.names == ["spelltable_2026-11-22.log.gz", "spelltable_2026-11-23.log"])
        #expect(try unpacked("spelltable_2026-11-22.log.gz") == text)
        #expect(complaints.all.isEmpty)
    }

    @Test func `an empty file is compressed, too`() throws {
        try folder.put("spelltable_2026-11-22.log", "")
        keep()
        #expect(try unpacked("spelltable_2026-11-22.log.gz") == "")
    }

    @Test func `lines never wait for it`() throws {
        let keeper = keeper()
        let files = LogFiles(folder: folder.path, byteCountMax: 10) { keeper.begin(current: $0) }
        for _ in 0..<3 { files.append("123456\n", date: today.date) }
        #expect(
            try folder.names == [
                "spelltable_2026-11-23.2.log", "spelltable_2026-11-23.3.log", "spelltable_2026-11-23.log",
            ])
        passes.run()
        #expect(
            try folder.names == [
                "spelltable_2026-11-23.2.log.gz", "spelltable_2026-11-23.3.log", "spelltable_2026-11-23.log.gz",
            ])
        #expect(try unpacked("spelltable_2026-11-23.2.log.gz") == "123456\n")
    }

    @Test func `a week's files are kept, older ones go, and other files stay`() throws {
        for name in [
            "spelltable_2026-11-16.log.gz", "spelltable_2026-11-15.log.gz", "spelltable_2026-11-15.2.log",
            "spelltable_2025-12-31.log.gz.tmp", "notes-2020-01-01.log", "spelltable.log",
        ] {
            try folder.put(name, "x")
        }
        keep()
        #expect(try folder.names == ["notes-2020-01-01.log", "spelltable.log", "spelltable_2026-11-16.log.gz"])
    }

    @Test func `days are counted over the end of a year`() throws {
        try folder.put("spelltable_2025-12-30.log.gz", "")
        try folder.put("spelltable_2025-12-31.log.gz", "")
        keeper(dayCount: 1).begin(current: LogFileName(date: "2026-01-01"))
        passes.run()
        #expect(try folder.names == ["spelltable_2025-12-31.log.gz"])
    }

    @Test func `what a crash left half done is done again`() throws {
        // In the middle of compressing.
        try folder.put("spelltable_2026-11-20.log", "a\n")
        try folder.put("spelltable_2026-11-20.log.gz.tmp", "half")
        // After the compressed file had its name, before the original went.
        try folder.put("spelltable_2026-11-21.log", "b\n")
        try folder.put("spelltable_2026-11-21.log.gz", "whole")
        // Somebody has removed the original meanwhile.
        try folder.put("spelltable_2026-11-22.log.gz.tmp", "half")
        keep()
        #expect(try folder.names == ["spelltable_2026-11-20.log.gz", "spelltable_2026-11-21.log.gz"])
        #expect(try unpacked("spelltable_2026-11-20.log.gz") == "a\n")
        #expect(try unpacked("spelltable_2026-11-21.log.gz") == "b\n")
    }

    @Test func `what another server still writes to is left alone`() throws {
        let other = LogFiles(folder: folder.path, byteCountMax: 1_000)
        other.append("a\n", date: "2026-11-22")
        keep()
        #expect(try folder.names == ["spelltable_2026-11-22.log"])
        other.append("b\n", date: "2026-11-22")
        other.append("c\n", date: "2026-11-23")
        keep()
        #expect(try unpacked("spelltable_2026-11-22.log.gz") == "a\nb\n")
    }

    @Test func `what can't be done is told, and the rest is done`() throws {
        try folder.put("spelltable_2026-11-21.log", "a\n")
        try folder.put("spelltable_2026-11-22.log", "b\n")
        // A folder stands where the compressed file is to be written.
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/spelltable_2026-11-21.log.gz.tmp", withIntermediateDirectories: true)
        keep()
        #expect(complaints.all.count == 1)
        #expect(complaints.all.first?.contains("spelltable_2026-11-21.log") == true)
        #expect(try folder.names.contains("spelltable_2026-11-21.log"))
        #expect(try unpacked("spelltable_2026-11-22.log.gz") == "b\n")
    }

    @Test func `a folder that is gone is told`() {
        keep()
        #expect(complaints.all.count == 1)
    }
}
