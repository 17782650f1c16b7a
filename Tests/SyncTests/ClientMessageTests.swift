import Testing

@testable import Sync

@Suite struct ClientMessageTests {
    static func parse(_ text: String) -> [ClientLine] { ClientMessage.parse([UInt8](text.utf8)) }

    @Test func `one line, with or without its line feed, is one message`() {
        #expect(Self.parse(#"{"type":"ping"}"#) == [.ping(digest: false)])
        #expect(Self.parse("{\"type\":\"ping\"}\n") == [.ping(digest: false)])
        #expect(Self.parse("{\"type\":\"ping\"}\r\n") == [.ping(digest: false)])
    }

    @Test func `every line is answered in its order, empty ones aside`() {
        let lines = Self.parse("{\"type\":\"ping\"}\n\nrubbish\n{\"type\":\"ping\",\"digest\":true}\n\n")
        #expect(lines.count == 3)
        #expect(lines.first == .ping(digest: false))
        #expect(lines.last == .ping(digest: true))
        guard case .invalid = lines[1] else {
            Issue.record("rubbish was taken for \(lines[1])")
            return
        }
    }

    @Test(arguments: ["", "\n", "\n\n\n"])
    func `a message without a line is one bad line`(text: String) {
        let lines = Self.parse(text)
        guard lines.count == 1, case .invalid = lines[0] else {
            Issue.record("\(lines)")
            return
        }
    }

    @Test func `a message with too many lines is cut, and says so once`() throws {
        let line = "x\n"
        let lines = Self.parse(String(repeating: line, count: 3 * ClientMessage.lineCountMax))
        #expect(lines.count == ClientMessage.lineCountMax + 1)
        guard case .invalid(let code, _, _) = try #require(lines.last) else {
            Issue.record("\(lines)")
            return
        }
        #expect(code == LineErrorCode.tooManyLines.rawValue)
    }

    @Test func `as many lines as are read are not too many`() {
        let message = ClientMessage([UInt8](String(repeating: "1\n", count: ClientMessage.lineCountMax).utf8) + [0x0A])
        #expect(message.lines.count == ClientMessage.lineCountMax)
        #expect(!message.isCut)
    }
}
