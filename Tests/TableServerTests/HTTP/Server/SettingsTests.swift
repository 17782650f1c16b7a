import Logging
import Sync
import Testing

@testable import TableServer

@Suite struct ServerSettingsTests {
    private func settings(
        _ environment: [String: String] = [:], _ flags: (inout ServerSettings.Flags) -> Void = { _ in }
    ) throws -> ServerSettings {
        var given = ServerSettings.Flags()
        flags(&given)
        return try ServerSettings(flags: given, environment: environment)
    }

    @Test func `nothing given serves the network on port 8010`() throws {
        let settings = try settings()
        #expect(settings.host == "0.0.0.0")
        #expect(settings.port == 8010)
        #expect(settings.journal == "journal")
        #expect(settings.logLevel == .info)
        #expect(!settings.journalEffects)
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
        let fromFlags = try settings(environment) {
            $0.port = 1
            $0.allowedOrigins = ["http://c"]
            $0.journalEffects = false
        }
        #expect(fromFlags.port == 1)
        #expect(fromFlags.allowedOrigins == ["http://c"])
        #expect(!fromFlags.journalEffects)
    }

    @Test func `one limit holds for REST and WebSocket, and 0 turns both off`() throws {
        let usual = try settings().configuration
        #expect(usual.changeLimits == RateLimit.Limits(perSecond: 240, burst: 1_000))
        #expect(usual.webSocket.rateLimits == usual.changeLimits)
        #expect(!usual.limitsOwnMachine)
        let slow = try settings(["SPELLTABLE_MAX_CHANGES_PER_SECOND": "500"]) { $0.maxChangesPerSecond = "12" }
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

@Suite struct EntityTagsTests {
    @Test func `a tag is found in a list, strong or weak`() {
        #expect(EntityTags.match("\"a\"", tag: "\"a\""))
        #expect(EntityTags.match("\"b\", W/\"a\"", tag: "\"a\""))
        #expect(EntityTags.match("*", tag: "\"a\""))
        #expect(!EntityTags.match("\"b\"", tag: "\"a\""))
        #expect(!EntityTags.match(nil, tag: "\"a\""))
    }
}

@Suite struct EventIDTests {
    @Test func `reads a journal and an offset`() {
        #expect(EventID("j:5")?.journal == "j")
        #expect(EventID("j:5")?.offset == 5)
        for bad in ["", "j", "j:", "j:x", "j:-2", "j:1:2"] { #expect(EventID(bad) == nil, "\(bad)") }
    }
}

@Suite struct PrometheusTextTests {
    @Test func `values come under their metric, labels escaped`() {
        var text = PrometheusText()
        text.counter("a_total", "Help.")
        text.value(3, labels: [("x", "a\"b\\c\nd")])
        text.gauge("b", "More.")
        text.value(0.5)
        #expect(
            text.text
                == "# HELP a_total Help.\n# TYPE a_total counter\na_total{x=\"a\\\"b\\\\c\\nd\"} 3\n"
                + "# HELP b More.\n# TYPE b gauge\nb 0.5\n")
    }
}

@Suite struct RandomUUIDTests {
    @Test func `names are version 4 UUIDs in lower case, and differ`() throws {
        let names = (0..<100).map { _ in RandomUUID.make() }
        #expect(Set(names).count == 100)
        for name in names {
            #expect(
                name.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil,
                "\(name)")
        }
    }
}
