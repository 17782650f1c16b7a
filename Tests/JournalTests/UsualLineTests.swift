import TestSupport
import Testing

@testable import Journal

@Suite("EventLayout's quick way")
struct UsualLineTests {
    private static let start = #"{"offset":17,"time":"2026-11-23T06:40:00.016Z","type":"live.changed""#
    private static let usual = [
        start + #","data":{},"patch":[]}"#,
        start + #","actor":"dm@192.168.1.20","data":{},"patch":[{"op":"replace","path":"/live/x","value":-12.5e3}]}"#,
        start + #","actor":"a\"\\","command":"c-1","data":{"a":["]}",{}]}"#
            + #","patch":[{"op":"add","path":"/a","value":{}}]}"#,
        start + #","command":"","data":{},"patch":[{"op":"replace","path":"/a\"b","value":"]}\""}]}"#,
        start + #","data":1,"patch":[{"op":"replace","path":"/a","value":true},{"op":"remove","path":"/b"}]}"#,
    ]

    @Test(arguments: usual) func `reads what is written`(line: String) {
        let bytes = Array(line.utf8)
        let (quick, other) = (EventLayout.scanUsual(bytes.span), EventLayout.scanAny(bytes.span))
        #expect(quick != nil)
        #expect(quick == other)
    }

    @Test func `leaves other lines to the other way`() {
        for line in [
            Self.start + #","group":{"first":17,"count":2},"data":{},"patch":[]}"#,
            Self.start + #","later":1,"data":{},"patch":[]}"#, Self.start + #","patch":[],"data":{}}"#,
        ] {
            let bytes = Array(line.utf8)
            let (quick, either) = (EventLayout.scanUsual(bytes.span), EventLayout.scan(bytes.span))
            #expect(quick == nil)
            #expect(either != nil)
        }
    }

    /// Whatever it says of a damaged line, the other way says, too.
    @Test(arguments: usual) func `agrees with the other way on damaged lines`(line: String) {
        let bytes = Array(line.utf8)
        for at in bytes.indices {
            for byte in Array(#""\{}[],:09a"#.utf8) {
                var changed = bytes
                changed[at] = byte
                self.compare(changed)
                changed.insert(bytes[at], at: at)
                self.compare(changed)
            }
            var shorter = bytes
            shorter.remove(at: at)
            self.compare(shorter)
            self.compare(Array(bytes.prefix(at)))
        }
    }

    private func compare(_ bytes: [UInt8]) {
        guard let quick = EventLayout.scanUsual(bytes.span) else { return }
        let other = EventLayout.scanAny(bytes.span)
        #expect(quick == other, "\(String(decoding: bytes, as: UTF8.self))")
    }

    /// Against a reader that goes digit by digit: whatever ends the number, and wherever the line does.
    @Test(arguments: 0...20) func `a number of any length ends where its digits do`(digitCount: Int) {
        for first in ["", "0", "1", "9"] {
            let digits = Array((first + "9081726354908172635490").utf8.prefix(digitCount))
            self.compareInteger(digits)
            for end in UInt8.min...UInt8.max { self.compareInteger(digits + [end]) }
            // Behind the end stands what would carry into it, or be taken for more of the number.
            for end: UInt8 in [0x2F, 0x3A, 0x7F, 0x8A, 0xB9, 0xFF] {
                for restCount in 0...9 {
                    self.compareInteger(digits + [end] + Array(repeating: 0x39, count: restCount))
                }
                self.compareInteger(digits + [end] + Array(repeating: 0xFF, count: 8))
            }
        }
    }

    private func compareInteger(_ bytes: [UInt8]) {
        let digits = bytes.prefix { (0x30...0x39).contains($0) }
        let text = String(decoding: digits, as: UTF8.self)
        let isNumber = 1...18 ~= digits.count && (digits.count == 1 || digits.first != 0x30)
        let line = Array("ab".utf8) + bytes
        var scanner = LineScanner(position: 2)
        let value = scanner.readInteger(line.span)
        #expect(value == (isNumber ? Int64(text) : nil), "\(bytes)")
        if isNumber { #expect(scanner.position == 2 + digits.count, "\(bytes)") }
    }

    @Test func `numbers have all their digits`() {
        var values: [Int64] = [0, 5, 9_999_999, 12_345_678, 99_999_999, 123_000_000_000_000_007, offsetMax]
        var power: Int64 = 1
        for _ in 0..<17 {
            power *= 10
            values += [power - 1, power, power + 1]
        }
        for value in values {
            var bytes: [UInt8] = []
            appendDecimal(value, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == "\(value)")
        }
    }
}

extension JournalWriterTests {
    /// The two are the same to `==`, and one's bytes stood in the other's line.
    @Test func `names that only look alike keep their own bytes`() throws {
        let names = ["caf\u{E9}", "cafe\u{301}"]
        let stamp = CommitStamp(clock: JournalTime(milliseconds: 0), newest: nil)
        let drafts = names.flatMap { name in
            [
                EventDraft(type: "a.b", actor: name, data: Array("{}".utf8), patch: Array("[]".utf8)),
                EventDraft(type: name, actor: nil, data: Array("{}".utf8), patch: Array("[]".utf8)),
                EventDraft(type: name, actor: "", data: Array("{}".utf8), patch: Array("[]".utf8)),
            ]
        }
        for order in [drafts, drafts.reversed()] {
            let together = try CommitDraft(
                order.map { [$0] }, after: -1, chain: ChainDigest(journal: "x"), stamp: stamp, lineLimit: 1000)
            for (index, draft) in order.enumerated() {
                let alone = try draft.line(offset: Int64(index), clock: stamp.time, newest: nil)
                #expect(together.lines[index] + [0x0A] == alone)
            }
        }
    }
}
