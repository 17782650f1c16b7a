import Testing

@testable import TableServer

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
