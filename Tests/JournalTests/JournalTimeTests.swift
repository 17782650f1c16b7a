import Journal
import TestSupport
import Testing

@Suite("JournalTime")
struct JournalTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_416_000_016, "2026-11-23T06:40:00.016Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `known moments are written and read`(milliseconds: Int64, text: String) {
        #expect(JournalTime(milliseconds: milliseconds).rfc3339 == text)
        #expect(JournalTime(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test func `every moment survives being written`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let time = JournalTime(
                milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator))
            #expect(JournalTime(rfc3339: time.rfc3339) == time)
        }
    }

    @Test func `other forms of RFC 3339 are read`() {
        let noon = JournalTime(rfc3339: "2026-11-23T12:00:00.000Z")
        #expect(JournalTime(rfc3339: "2026-11-23T12:00:00Z") == noon)
        #expect(JournalTime(rfc3339: "2026-11-23t13:30:00.0004+01:30") == noon)
        #expect(JournalTime(rfc3339: "2026-11-23T10:00:00-02:00") == noon)
        #expect(JournalTime(rfc3339: "2026-11-23T12:00:00.25Z")?.milliseconds == noon.map { $0.milliseconds + 250 })
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T12:00:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-00T00:00:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T12:60:00Z", "2026-11-23T12:00:60Z", "2026-11-23T12:00:00.Z",
        "2026-11-23T12:00:00Zx", "2026-11-23T12:00:00+1:00", "26-11-23T12:00:00.000Z", "2026-11-23T12:00:00.000",
    ])
    func `what is no time is refused`(text: String) {
        #expect(JournalTime(rfc3339: text) == nil)
    }

    @Test func `a line's time is read as any other`() throws {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<2_000 {
            let time = JournalTime(
                milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator))
            #expect(timeOfLine(Array(time.rfc3339.utf8)) == time)
        }
    }

    @Test(arguments: ["2026-11-23T06:40:00.016Z", "2024-02-29T23:59:59.999Z", "1999-12-31T00:00:00.000Z"])
    func `any other byte at any place of a line's time makes another time or none`(text: String) {
        for place in 0..<24 {
            for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: "\"") {
                var changed = Array(text.utf8)
                changed[place] = byte
                // Lines have one form, and the general reader takes others too.
                let known = JournalTime(rfc3339: changed.span)
                let isCanonical = known.map { $0.rfc3339.utf8.elementsEqual(changed) } ?? false
                #expect(timeOfLine(changed) == (isCanonical ? known : nil))
            }
        }
    }

    /// What a line with these bytes as its time says; nil if it isn't one.
    private func timeOfLine(_ time: [UInt8]) -> JournalTime? {
        let line = Array(#"{"offset":7,"time":""#.utf8) + time + Array(#"","type":"x","data":{},"patch":[]}"#.utf8)
        return EventLayout.scan(line.span)?.time
    }
}
