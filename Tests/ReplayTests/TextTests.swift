import Testing

@testable import Replay

@Suite struct UnitsTests {
    @Test func `counts are grouped by threes`() {
        #expect(Units.count(0) == "0")
        #expect(Units.count(999) == "999")
        #expect(Units.count(1_234_567) == "1,234,567")
        #expect(Units.count(-1_000) == "-1,000")
        #expect(Units.count(Int64.min) == "-9,223,372,036,854,775,808")
    }

    @Test func `bytes have a unit that fits`() {
        #expect(Units.bytes(0) == "0 B")
        #expect(Units.bytes(1_023) == "1023 B")
        #expect(Units.bytes(1_536) == "1.5 KiB")
        #expect(Units.bytes(200 << 20) == "200 MiB")
        #expect(Units.bytes(3 << 30) == "3.0 GiB")
    }

    @Test func `what is left never reads as nothing`() {
        #expect(Units.remaining(milliseconds: 1) == "0:01")
        #expect(Units.remaining(milliseconds: 723_000) == "12:03")
        #expect(Units.remaining(milliseconds: 3_723_000) == "1:02:03")
        #expect(Units.remaining(milliseconds: 273_600_000) == "3 d 4 h")
    }
}

@Suite struct TextTableTests {
    @Test func `columns are as wide as their widest cell and lines end without spaces`() {
        var table = TextTable([.left, .right, .left])
        table.add([("a", nil), ("1", nil), ("x", nil)])
        table.add([("bcd", nil), ("100", nil)])
        #expect(table.text(.plain) == "a      1  x\nbcd  100\n")
    }

    @Test func `colours don't move columns`() {
        var table = TextTable([.left, .left])
        table.add([("a", .bad), ("x", nil)])
        table.add([("bcd", nil), ("y", nil)])
        #expect(table.text(Paint(isColoured: true)) == "\u{1B}[1;31ma\u{1B}[0m    x\nbcd  y\n")
    }
}

@Suite struct PrintableTests {
    @Test func `nothing from a journal can drive the terminal`() {
        #expect(printable("\u{1B}[2J") == "\\u001b[2J")
        #expect(printable("a\nb\u{7F}\u{9B}\u{202E}") == "a\\u000ab\\u007f\\u009b\\u202e")
        #expect(printable("Gänsehaut 🐉") == "Gänsehaut 🐉")
    }

    @Test func `shortened texts fit and say that they are`() {
        #expect(shortened("abc", to: 3) == "abc")
        #expect(shortened("abcd", to: 3) == "ab…")
        #expect(shortened("龍龍龍", to: 5) == "龍龍…")
        for width in 1...12 { #expect(columns(of: shortened("Drachen 龍 und 🐉🐉", to: width)) <= width) }
    }
}

@Suite struct PaintTests {
    @Test func `without colours texts come as they are`() {
        #expect(Paint.plain(.bad, "x") == "x")
        #expect(Paint(isColoured: true)(.good, "x") == "\u{1B}[32mx\u{1B}[0m")
    }
}

@Suite struct PrettyJSONTests {
    @Test func `levels are indented and empty containers stay on one line`() {
        let text = #"{"a":[1,{"b":"x,{}: \"\\"}],"c":{},"d":[]}"#
        let pretty = """
            {
              "a": [
                1,
                {
                  "b": "x,{}: \\"\\\\"
                }
              ],
              "c": {},
              "d": []
            }
            """
        #expect(String(decoding: PrettyJSON.indented(Array(text.utf8)), as: UTF8.self) == pretty)
    }

    @Test(arguments: ["1", #""[{""#, "{}", "[]", "[[]]", "null"])
    func `scalars and single containers`(text: String) {
        let pretty = String(decoding: PrettyJSON.indented(Array(text.utf8)), as: UTF8.self)
        #expect(pretty == (text == "[[]]" ? "[\n  []\n]" : text))
    }
}
