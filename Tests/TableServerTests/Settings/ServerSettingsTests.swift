import Logging
import Sync
import Testing

@testable import TableServer

@Suite struct ServerSettingsTests {
    private func settings(
        _ environment: [String: String] = [:], _ flags: [Setting: [String]] = [:]
    ) throws -> ServerSettings {
        try ServerSettings(GivenSettings(flags: flags, environment: environment))
    }

    @Test func `nothing given serves the network on port 8010`() throws {
        let settings = try settings()
        #expect(settings.host == "0.0.0.0")
        #expect(settings.port == 8010)
        #expect(settings.journal == "journal")
        #expect(settings.logLevel == .info)
        #expect(!settings.journalEffects)
        #expect(settings.logFormat == .text)
        #expect(settings.logFileByteCount == 64 << 20)
        #expect(settings.logDayCount == 7)
        #expect(settings.maxChangesPerSecond == nil)
        #expect(settings.facts["port"] == "8010 (default)")
    }

    @Test func `a variable wins over the default and a flag over the variable`() throws {
        let environment = [
            "SPELLTABLE_PORT": "9000", "SPELLTABLE_HOST": "127.0.0.1", "SPELLTABLE_MAX_UPLOAD": "5M",
            "SPELLTABLE_ALLOW_ORIGIN": "http://a, http://b", "SPELLTABLE_JOURNAL_EFFECTS": "1", "SPELLTABLE_SOUNDS": "",
        ]
        let fromVariables = try settings(environment)
        #expect(fromVariables.port == 9000)
        #expect(fromVariables.host == "127.0.0.1")
        #expect(fromVariables.maxUploadByteCount == 5 << 20)
        #expect(fromVariables.allowedOrigins == ["http://a", "http://b"])
        #expect(fromVariables.journalEffects)
        #expect(fromVariables.sounds == "sounds", "an empty variable counts as absent")
        let fromFlags = try settings(
            environment, [.port: ["1"], .allowOrigin: ["http://c"], .journalEffects: ["no"]])
        #expect(fromFlags.port == 1)
        #expect(fromFlags.allowedOrigins == ["http://c"])
        #expect(!fromFlags.journalEffects)
    }

    @Test(arguments: [Setting.host, .journal, .sounds, .logs, .backupTo])
    func `an empty value is no folder and no address`(setting: Setting) {
        #expect {
            try settings([:], [setting: [""]])
        } throws: {
            "\($0)" == "\(setting.flag): '' is not a value; where the setting isn't given, its default holds"
        }
        #expect(throws: ServerSettings.Invalid.self) {
            let file = try SettingsFile(path: "f", text: "\(setting.name): ''")
            let place = try #require(file[setting]).place
            #expect(place == "f:1: \(setting.name)")
            _ = try settings([:], [setting: try #require(file[setting]).texts])
        }
    }

    @Test func `a settings file has a name`() {
        #expect {
            try GivenSettings(flags: [.config: [""]])
        } throws: {
            "\($0)" == "--config: the settings file's name is empty"
        }
    }

    @Test func `backups are daily and seven are kept, where a folder is given`() throws {
        #expect(try settings().configuration.backup == nil)
        #expect(try settings(["SPELLTABLE_BACKUP_TO": "/mnt"]).backup == BackupSettings(folder: "/mnt"))
        let often = try settings([:], [.backupTo: ["/mnt"], .backupEvery: ["30m"], .backupKeep: ["3"]])
        #expect(often.configuration.backup == BackupSettings(folder: "/mnt", periodSeconds: 1_800, keep: 3))
        for wrong in ["24", "0h", "h", "1.5h", "-1h", "400d", "9223372036854775807d"] {
            #expect("\(wrong)") {
                try settings([:], [.backupEvery: [wrong]])
            } throws: {
                ($0 as? ServerSettings.Invalid)?.name == "--backup-every"
                    && "\($0)".contains("such as 24h, 30m, 90s or 7d")
            }
        }
        for wrong in ["0", "-1", "many", "10001"] {
            #expect("\(wrong)") {
                try settings([:], [.backupKeep: [wrong]])
            } throws: {
                ($0 as? ServerSettings.Invalid)?.name == "--backup-keep" && "\($0)".contains("from 1 to 10000")
            }
        }
    }

    @Test func `one limit holds for REST and WebSocket, and 0 turns both off`() throws {
        let usual = try settings().configuration
        #expect(usual.changeLimits == RateLimit.Limits(perSecond: 240, burst: 1_000))
        #expect(usual.webSocket.rateLimits == usual.changeLimits)
        #expect(!usual.limitsOwnMachine)
        let slow = try settings(["SPELLTABLE_MAX_CHANGES_PER_SECOND": "500"], [.maxChangesPerSecond: ["12"]])
        #expect(slow.configuration.changeLimits == RateLimit.Limits(perSecond: 12, burst: 50))
        #expect(slow.configuration.webSocket.rateLimits == slow.configuration.changeLimits)
        #expect(slow.configuration.limitsOwnMachine)
        let off = try settings(["SPELLTABLE_MAX_CHANGES_PER_SECOND": "0"]).configuration
        #expect(off.changeLimits == nil)
        #expect(off.webSocket.rateLimits == .none)
    }

    @Test(arguments: [
        ["SPELLTABLE_PORT": "70000"], ["SPELLTABLE_PORT": "x"], ["SPELLTABLE_MAX_UPLOAD": "much"],
        ["SPELLTABLE_MAX_MESSAGE": "0"], ["SPELLTABLE_MAX_MESSAGE": "4G"],
        ["SPELLTABLE_MAX_CHANGES_PER_SECOND": "-1"], ["SPELLTABLE_MAX_CHANGES_PER_SECOND": "lots"],
        ["SPELLTABLE_LOG_LEVEL": "loud"], ["SPELLTABLE_JOURNAL_EFFECTS": "perhaps"],
        ["SPELLTABLE_LOG_FORMAT": "xml"], ["SPELLTABLE_LOG_FILE_SIZE": "1K"], ["SPELLTABLE_LOG_DAYS": "0"],
    ])
    func `what makes no sense is refused by name`(environment: [String: String]) {
        let error = #expect(throws: ServerSettings.Invalid.self) { try settings(environment) }
        #expect(error?.name == environment.keys.first)
        #expect(error?.value == environment.values.first)
    }

    @Test(arguments: [
        ("4096", 4096), ("64K", 65_536), ("16MiB", 16_777_216), ("2g", 2_147_483_648), ("1GB", 1_073_741_824),
    ])
    func `sizes may be written for people`(text: String, count: Int64) {
        #expect(ByteCount.parse(text) == count)
    }

    @Test(arguments: ["", "M", "-1", "1T", "1.5G", "99999999999999999999", "9999999999G"])
    func `other sizes are none`(text: String) {
        #expect(ByteCount.parse(text) == nil)
    }
}
