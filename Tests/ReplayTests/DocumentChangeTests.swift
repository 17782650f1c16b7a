import JSONDocument
import Testing

@testable import Replay

@Suite struct DocumentChangeTests {
    private func lines(_ patch: String, on document: String) throws -> [String] {
        let patch = try JSONPatch(JSONValue.parse(text: patch))
        let printer = ChangePrinter(paint: .plain, valueWidth: 20)
        return try DocumentChange.list(of: patch, on: try JSONValue.parse(text: document)).map(printer.line)
    }

    @Test func `each kind of change has its sign and its values`() throws {
        let document = #"{"a":1,"b":[{"name":"Goblin 3","x":1}],"c":true}"#
        #expect(
            try lines(
                #"""
                [{"op":"replace","path":"/a","value":2},{"op":"add","path":"/d","value":"new"},
                {"op":"remove","path":"/c"},{"op":"replace","path":"/b/0/x","value":2.50},
                {"op":"move","from":"/d","path":"/e"}]
                """#, on: document)
                == [
                    "~ /a  1 → 2", #"+ /d  "new""#, "- /c  true", "~ /b/0/x  1 → 2.50  (Goblin 3)", "> /d → /e",
                ])
    }

    @Test func `later operations see what earlier ones did`() throws {
        #expect(
            try lines(#"[{"op":"add","path":"/0","value":9},{"op":"replace","path":"/1","value":5}]"#, on: "[1,2]")
                == ["+ /0  9", "~ /1  1 → 5"])
    }

    @Test func `adding where something is counts as a change`() throws {
        #expect(try lines(#"[{"op":"add","path":"/a","value":2}]"#, on: #"{"a":1}"#) == ["~ /a  1 → 2"])
    }

    @Test func `long values are shortened and can't drive the terminal`() throws {
        let document = ##"{"a":"\u001b[2J a text that goes on and on"}"##
        let line = try #require(try lines(#"[{"op":"remove","path":"/a"}]"#, on: document).first)
        #expect(line.hasSuffix("…"))
        #expect(!line.unicodeScalars.contains("\u{1B}"))
    }

    @Test func `a patch that doesn't fit is an error`() throws {
        #expect(throws: ReplayError.self) { try lines(#"[{"op":"remove","path":"/x"}]"#, on: "{}") }
    }
}
