import Archives
import Foundation
import JSONDocument
import Table
import Testing

@testable import TableServer

@Suite struct BackupRouteTests {
    @Test func `an exported table imported into an empty one is the same table`() async throws {
        let (archive, original) = try await TestServer.run { server in
            try await server.send(
                form: "/maps/upload", [("folder", nil, Array("Höhle/1".utf8)), ("file", "a b.png", tinyImage)])
            try await server.send("POST", "/scenes/save", json: #"{"id":"x","name":"ü","folder":"Act 1","extra":1.50}"#)
            try await server.send(
                form: "/audio/upload",
                [("category", nil, Array("loop".utf8)), ("file", "s.mp3", [UInt8](repeating: 3, count: 300_000))])
            let export = try await server.send("GET", "/backup/export")
            #expect(export.headers["content-disposition"] == "attachment; filename=\"spelltable_backup.zip\"")
            return (export.body, server.table.committed.document)
        }
        try await TestServer.run { server in
            let answer = try await server.send(form: "/backup/import", [("backup_file", "b.zip", archive)])
            #expect(answer.status == 200, "\(answer.text)")
            let counts = try answer.json["processed_files"]
            #expect(counts?["maps"]?.intValue == 1)
            #expect(counts?["scenes"]?.intValue == 1)
            #expect(counts?["sounds"]?.intValue == 1)
            #expect(server.table.committed.document == original)
            #expect(try await server.send("GET", "/maps/file/a%20b.png").body == tinyImage)
        }
    }

    @Test func `one bad entry refuses the whole archive`() async throws {
        try await TestServer.run { server in
            for path in [
                "maps/../x.png", "/maps/x.png", "maps//x.png", "maps/a\\b.png", "../maps/x.png", "maps/./x.png",
            ] {
                let archive = try zip([("maps/good.png", tinyImage), (path, tinyImage)])
                let answer = try await server.send(form: "/backup/import", [("backup_file", "b.zip", archive)])
                #expect(answer.status == 400, "\(path): \(answer.text)")
            }
            #expect(server.table.committed.offset == -1)
        }
    }

    @Test func `an archive that is cut off or changed is refused`() async throws {
        try await TestServer.run { server in
            let archive = try zip([("maps/a.png", (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })])
            var flipped = archive
            flipped[archive.count / 2] ^= 0x10
            for bad in [Array(archive.prefix(archive.count / 2)), flipped, Array("no archive".utf8), []] {
                let answer = try await server.send(form: "/backup/import", [("backup_file", "b.zip", bad)])
                #expect(answer.status == 400, "\(answer.text)")
                #expect(answer.detail != nil)
            }
            #expect(server.table.committed.offset == -1)
        }
    }

    @Test func `a small archive that unpacks to a lot is refused`() async throws {
        try await TestServer.run {
            $0.maxImportByteCount = 1_000_000
        } _: { server in
            let archive = try zip([("maps/a.png", [UInt8](repeating: 0, count: 2_000_000))])
            #expect(archive.count < 100_000)
            let answer = try await server.send(form: "/backup/import", [("backup_file", "b.zip", archive)])
            #expect(answer.status == 413)
            #expect(server.table.committed.offset == -1)
        }
    }

    @Test func `an archive of too many entries is refused`() async throws {
        try await TestServer.run {
            $0.maxImportEntryCount = 3
        } _: { server in
            let archive = try zip((0..<4).map { ("maps/\($0).png", tinyImage) })
            #expect(try await server.send(form: "/backup/import", [("backup_file", "b.zip", archive)]).status == 413)
        }
    }

    private func zip(_ entries: [(String, [UInt8])]) throws -> [UInt8] {
        let writer = try ZipWriter()
        for (path, content) in entries {
            try writer.beginFile(path, byteCount: Int64(content.count), secondsSince1970: 0)
            try writer.write(content)
        }
        try writer.finish()
        return writer.takeOutput()
    }
}
