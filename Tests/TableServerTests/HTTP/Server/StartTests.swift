import Foundation
import Journal
import Logging
import NIOCore
import Testing

@testable import TableServer

/// What keeps a server from starting, as the operator sees it.
@Suite struct StartTests {
    /// Settings for a server that says nothing and writes no log.
    private func settings(port: Int, journal: String) throws -> ServerSettings {
        try ServerSettings(
            GivenSettings(flags: [
                .host: ["127.0.0.1"], .port: ["\(port)"], .journal: [journal], .sounds: [journal + "/no-sounds"],
                .logs: ["none"], .logLevel: ["critical"],
            ]))
    }

    @Test func `a port that is taken is named, with exit code 69`() async throws {
        try await TestServer.run { server in
            let run = ServerRun(
                settings: try settings(port: server.port, journal: server.folder + "/other"), environment: [:])
            let failure = await #expect(throws: StartFailure.self) { try await run.run() }
            #expect(failure?.exitCode == 69)
            #expect(failure?.message.contains("Port \(server.port) is taken") == true)
        }
    }

    @Test func `a journal that another process writes is left alone, with exit code 75`() async throws {
        try await TestServer.run { server in
            let run = ServerRun(
                settings: try settings(port: 0, journal: server.folder + "/journal"), environment: [:])
            let failure = await #expect(throws: StartFailure.self) { try await run.run() }
            #expect(failure?.exitCode == 75)
        }
    }

    @Test func `backups don't go to the table's own folder, by whatever way, with exit code 64`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("spelltable-\(UUID())").path
        let table = folder + "/journal/default"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: table + "/backups", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: table + "/backups")
        for target in [table, table + "/backups", table + "/not/made/yet", folder + "/link"] {
            var settings = try settings(port: 0, journal: folder + "/journal")
            settings.backup = BackupSettings(folder: target)
            let run = ServerRun(settings: settings, environment: [:])
            let failure = await #expect(throws: StartFailure.self) { try await run.run() }
            #expect(failure?.exitCode == 64)
            #expect(
                failure?.message.hasPrefix("Backups can't go to \(target): it is in the table's own folder") == true)
        }
    }

    @Test func `other errors keep their words`() {
        let damage = JournalDamage(file: "a.jsonl.lz4", byteOffset: 7, eventOffset: 3, reason: "a bad checksum")
        let damaged = StartFailure(JournalError.damaged(damage), host: "h", port: 1)
        #expect(damaged.exitCode == 65)
        #expect(damaged.message.contains("a.jsonl.lz4, byte 7"))
        #expect(StartFailure(IOError(errnoCode: EACCES, reason: "bind"), host: "h", port: 80).exitCode == 69)
        #expect(StartFailure(IOError(errnoCode: EIO, reason: "read"), host: "h", port: 80).exitCode == 74)
    }

    @Test func `addresses are those that people can type`() {
        #expect(Banner.addresses(host: "127.0.0.1", port: 80) == ["http://127.0.0.1:80"])
        #expect(Banner.addresses(host: "::1", port: 80) == ["http://[::1]:80"])
        #expect(Banner.addresses(host: "0.0.0.0", port: 80).first == "http://localhost:80")
    }
}
