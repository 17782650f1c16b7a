import JSONDocument
import Testing

/// Characters, and how they are written in a text.
@Suite struct JSONStringTests {
    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t", #""\"\\/\b\f\n\r\t""#),
        (#""\u0041\u00e9\u20AC\ud83d\uDE00""#, "Aé€😀", #""Aé€😀""#),
        (#""\u0000\u001F\u007f""#, "\0\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""),
        (#""\u000a\u0022\u005c""#, "\n\"\\", #""\n\"\\""#),
        ("\"plain, and long enough for words of eight\"", "plain, and long enough for words of eight", nil),
    ])
    func `escapes are read, and written in one form`(_ text: String, _ characters: String, _ normal: String?) throws {
        let value = try JSONValue.parse(text: text)
        #expect(value.stringValue == characters)
        #expect(value.text == normal ?? text)
        #expect(JSONValue.string(characters).text == normal ?? text)
        #expect(JSONValue.string(characters) == value)
        let object = try JSONValue.parse(text: "{\(text):[\(text)]}")
        #expect(object[characters]?[0]?.stringValue == characters)
    }

    @Test func `a string keeps its characters at every length`() throws {
        for count in 0...70 {
            for tail in ["", "\n", "é", "😀", "\0"] {
                let characters = String(repeating: "x", count: count) + tail
                let value = JSONValue.object([(characters, .string(characters))])
                let read = try JSONValue.parse(text: value.text)
                #expect(read == value)
                #expect(read[characters]?.stringValue == characters)
            }
        }
    }
}
