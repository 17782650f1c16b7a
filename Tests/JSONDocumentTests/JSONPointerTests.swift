import JSONDocument
import Testing

@Suite("JSONPointer")
struct JSONPointerTests {
    /// The document and the answers of RFC 6901, section 5.
    @Test(
        "finds what RFC 6901 finds",
        arguments: [
            ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"),
            ("/e^f", "3"),
            ("/g|h", "4"), (#"/i\j"#, "5"), (#"/k"l"#, "6"), ("/ ", "7"), ("/m~0n", "8"),
        ])
    func examples(_ pointer: String, _ expected: String) throws {
        let text = ##"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"##
        let document = try JSONValue(json: text)
        #expect(try document.value(at: JSONPointer(pointer))?.text == expected)
        #expect(document.value(at: .root) == document)
        var expanded = document
        expanded.setMember("new", to: 1)
        #expect(try expanded.value(at: JSONPointer(pointer))?.text == expected)
    }

    @Test(
        "leads nowhere where nothing is",
        arguments: [
            "/a/2", "/a/-", "/a/01", "/a/x", "/a/99999999999", "/a/1/x", "/b", "/a/", "/s/0", "/n/x",
        ])
    func nowhere(_ pointer: String) throws {
        let document = try JSONValue(json: #"{"a":[1,2],"s":"text","n":null}"#)
        #expect(try document.value(at: JSONPointer(pointer)) == nil)
    }

    @Test("refuses what is no pointer", arguments: [("a", 0), ("/~", 1), ("/a~2", 2), ("/x/~a/y", 3), ("#/a", 0)])
    func malformed(_ text: String, _ offset: Int) {
        let error = #expect(throws: JSONPointerError.self) { try JSONPointer(text) }
        #expect(error?.offset == offset)
        #expect(error?.description.contains("refused at byte \(offset)") == true)
    }

    @Test(
        "tokens and text are two forms of the same",
        arguments: [
            [], [""], ["a", "b"], ["a/b", "m~n", "~1", "~0"], ["scenes", "5f2c"], ["\u{0}", "é", "\"", "\\"],
        ])
    func tokens(_ tokens: [String]) throws {
        let pointer = JSONPointer(tokens: tokens)
        #expect(pointer.tokens == tokens)
        #expect(try JSONPointer(pointer.text) == pointer)
        #expect(try JSONPointer(pointer.text).hashValue == pointer.hashValue)
        #expect(pointer.lastToken == tokens.last)
        #expect(pointer.parent?.tokens == (tokens.isEmpty ? nil : Array(tokens.dropLast())))
        #expect(pointer.parent.map { $0.appending(tokens[tokens.count - 1]) } == (tokens.isEmpty ? nil : pointer))
    }

    @Test("prefixes end at a slash")
    func prefixes() throws {
        let scene = try JSONPointer("/scenes/a")
        #expect(JSONPointer.root.isPrefix(of: scene))
        #expect(scene.isPrefix(of: scene))
        #expect(scene.isPrefix(of: scene.appending(0)))
        #expect(try !scene.isPrefix(of: JSONPointer("/scenes/ab")))
        #expect(!scene.isPrefix(of: .root))
        #expect(scene.appending("x/y").text == "/scenes/a/x~1y")
        #expect(scene.appending(3).text == "/scenes/a/3")
        #expect(JSONPointer.root.isRoot && !scene.isRoot)
    }

    @Test(arguments: ["", "/", "/a", "/a/b", "/live/x/y", "/a~1b/c~0d/e", "//"])
    func `the first tokens are those of all`(text: String) throws {
        let pointer = try JSONPointer(text)
        let (first, second) = pointer.firstTokens
        #expect([first, second].compactMap { $0 } == Array(pointer.tokens.prefix(2)))
        for member in ["live", "a", "", "liv"] {
            #expect(pointer.touches(member) == ((pointer.tokens.first ?? member) == member))
        }
    }
}
