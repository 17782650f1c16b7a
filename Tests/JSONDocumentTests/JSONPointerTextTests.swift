import JSONDocument
import Testing

/// Where a pointer's text is refused, and when two are the same.
@Suite struct JSONPointerTextTests {
    @Test(arguments: [
        ("foo", 0, "nothing or /"), ("#/foo", 0, "nothing or /"), (" /a", 0, "nothing or /"), ("/a~", 2, "~0 or ~1"),
        ("/a~2b", 2, "~0 or ~1"), ("/é~1/~b", 6, "~0 or ~1"), ("/~~0", 1, "~0 or ~1"),
    ])
    func `a text that is no pointer is refused with the place and what is right there`(
        _ text: String, _ offset: Int, _ expected: String
    ) {
        let error = #expect(throws: JSONPointerError.self) { try JSONPointer(text) }
        #expect(error?.offset == offset)
        #expect(error?.expected == expected)
        #expect(error?.text == text)
        #expect(error?.description == "JSON Pointer \"\(text)\" refused at byte \(offset): expected \(expected)")
    }

    @Test func `~01 is ~1, not a slash`() throws {
        #expect(try JSONPointer("/~01").tokens == ["~1"])
        #expect(JSONPointer(tokens: ["~1"]).text == "/~01")
    }

    @Test func `equal pointers are one element of a set, also where they are parts of longer ones`() throws {
        let whole = try JSONPointer("/scenes/0123456789abcdef/name")
        let parent = try #require(whole.parent)
        #expect(Set([parent, try JSONPointer("/scenes/0123456789abcdef"), whole]).count == 2)
    }
}
