import Journal
import TestSupport
import Testing

@Suite("EventEnvelope")
struct EventEnvelopeTests {
    private static let start = #"{"offset":17,"time":"2026-11-23T06:40:00.016Z""#

    private func parse(_ text: String) -> EventEnvelope? { try? EventEnvelope.parse(Array(text.utf8)) }

    @Test func `all members are found`() throws {
        let line =
            Self.start
            + #","clock":"2026-11-23T06:39:00.000Z","type":"scene.saved","actor":"dm@\"x\"\u00e9\ud83d\ude00","#
            + #""command":"c-1","group":{"first":16,"count":3},"data":{"a":"},\"]"},"patch":[{"op":"add","path":"/a","value":"]"}]}"#
        let envelope = try #require(self.parse(line))
        let bytes = Array(line.utf8)
        #expect(envelope.offset == 17)
        #expect(envelope.time.rfc3339 == "2026-11-23T06:40:00.016Z")
        #expect(envelope.type == "scene.saved")
        #expect(envelope.actor == "dm@\"x\"é😀")
        #expect(envelope.command == "c-1")
        #expect(envelope.group == EventGroup(first: 16, count: 3))
        #expect(String(decoding: bytes[envelope.data], as: UTF8.self) == #"{"a":"},\"]"}"#)
        #expect(
            String(decoding: bytes[envelope.patch], as: UTF8.self) == #"[{"op":"add","path":"/a","value":"]"}]"#)
    }

    @Test func `members of later versions are stepped over`() {
        let line = Self.start + #","type":"a.b","new":[1,{"x":"\\"}],"data":null,"later":-1.5e3,"patch":[],"last":"z"}"#
        #expect(self.parse(line)?.type == "a.b")
    }

    @Test(arguments: [
        #"{"offset":17,"type":"a","data":{},"patch":[]}"#,
        #"{"offset":017,"time":"2026-11-23T06:40:00.016Z","type":"a","data":{},"patch":[]}"#,
        start + #","type":"a","data":{}}"#, start + #","type":"a","patch":[]}"#, start + #","data":{},"patch":[]}"#,
        start + #","type":"a","data":{},"patch":{}}"#, start + #","type":1,"data":{},"patch":[]}"#,
        start + #","type":"a","data":{},"patch":[]"#, start + #","type":"a","data":{},"patch":[]}}"#,
        start + #","type":"a","data":,"patch":[]}"#, start + #","type":"a","data":{,"patch":[]}"#,
        start + #","type":"a","type":"a","data":{},"patch":[]}"#,
        start + #","offset":17,"type":"a","data":{},"patch":[]}"#,
        start + #","type":"a","group":{"first":18,"count":2},"data":{},"patch":[]}"#,
        start + #","type":"a","group":{"first":10,"count":7},"data":{},"patch":[]}"#, start + "}", "{}", "",
    ])
    func `what is no line is refused`(line: String) {
        #expect(self.parse(line) == nil)
    }

    @Test func `a line that is cut anywhere is refused`() {
        let line = Self.start + #","type":"a","actor":"b","data":{"x":[1,2]},"patch":[{"op":"remove","path":"/a"}]}"#
        let bytes = Array(line.utf8)
        #expect((try? EventEnvelope.parse(bytes)) != nil)
        for count in bytes.indices { #expect((try? EventEnvelope.parse(Array(bytes.prefix(count)))) == nil) }
    }

    @Test func `strings of any length end where they end`() throws {
        for count in 0..<70 {
            for tail in ["", #"\\"#, #"\""#, #"\\\""#, "é"] {
                let text = String(repeating: "x", count: count) + tail
                let line = Self.start + #","type":"a","data":"\#(text)","patch":[]}"#
                let data = try #require(self.parse(line)?.data)
                #expect(String(decoding: Array(line.utf8)[data], as: UTF8.self) == "\"\(text)\"")
            }
        }
    }
}
