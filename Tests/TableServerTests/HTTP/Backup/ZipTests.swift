import Archives
import Foundation
import Testing

@testable import TableServer

@Suite struct ZipTests {
    private func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).zip").path
    }

    /// All entries of an archive with their content.
    private func contents(of archive: [UInt8]) throws -> [String: [UInt8]] {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(archive).write(to: URL(fileURLWithPath: path))
        let reader = try ZipReader(path: path)
        var found: [String: [UInt8]] = [:]
        while let entry = try reader.next() {
            #expect(entry.kind == .file)
            var content: [UInt8] = []
            while case let more = try reader.read(upTo: 1000), !more.isEmpty { content += more }
            found[entry.path] = content
        }
        return found
    }

    @Test func `what is written can be read, with names beyond ASCII`() throws {
        let files: [String: [UInt8]] = [
            "maps/Höhle 1/a b.png": (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) },
            "scenes/ü.json": Array(#"{"id":"ü"}"#.utf8), "empty": [],
        ]
        let writer = try ZipWriter()
        var archive: [UInt8] = []
        for (path, content) in files {
            try writer.beginFile(path, byteCount: Int64(content.count), secondsSince1970: 1_700_000_000)
            for start in stride(from: 0, to: content.count, by: 777) {
                try writer.write(Array(content[start..<min(start + 777, content.count)]))
                archive += writer.takeOutput()
            }
        }
        try writer.finish()
        archive += writer.takeOutput()
        #expect(try contents(of: archive) == files)
    }

    @Test func `an archive without entries is one`() throws {
        let writer = try ZipWriter()
        try writer.finish()
        #expect(writer.takeOutput().count == 22, "the end record alone")
    }

    @Test func `something else is refused`() throws {
        #expect(throws: ZipError.self) { try contents(of: Array("this is no archive".utf8)) }
        #expect(throws: ZipError.self) { try contents(of: []) }
    }

    @Test func `an archive that is cut off is refused`() throws {
        let writer = try ZipWriter()
        let content = (0..<50_000).map { _ in UInt8.random(in: 0...255) }
        try writer.beginFile("a", byteCount: 50_000, secondsSince1970: 0)
        try writer.write(content)
        try writer.finish()
        let archive = writer.takeOutput()
        #expect(throws: ZipError.self) { try contents(of: Array(archive.prefix(30_000))) }
    }
}
