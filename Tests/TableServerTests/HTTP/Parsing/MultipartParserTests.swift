import Testing

@testable import TableServer

@Suite struct MultipartParserTests {
    /// A form with a field, a file whose content holds line ends and things that read like a boundary, and an
    /// empty file.
    private static let form = [
        "preamble that nobody reads\r\n",
        "--b0\r\nContent-Disposition: form-data; name=\"folder\"\r\n\r\nAct 1\r\n",
        "--b0 \t\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".png\"\r\n",
        "Content-Type: image/png\r\n\r\n\r\n--b0x\r\n--b\r\n\r--b0-\r\r\n",
        "\r\n--b0\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n",
        "--b0--\r\nepilogue",
    ].joined()

    /// Parts with their whole content.
    private struct Part: Equatable {
        let head: MultipartHead
        var content: String
        var ended = false
    }

    private func parse(
        _ text: String, cutAt cuts: [Int] = [], limits: MultipartLimits = MultipartLimits()
    ) throws -> [Part] {
        let bytes = Array(text.utf8)
        var parser = MultipartParser(boundary: "b0", limits: limits)
        var parts: [Part] = []
        var content: [UInt8] = []
        for (from, to) in zip([0] + cuts, cuts + [bytes.count]) {
            for event in try parser.append(bytes[from..<to]) {
                switch event {
                case .part(let head):
                    parts.append(Part(head: head, content: ""))
                    content = []
                case .bytes(let more): content += more
                case .partEnd:
                    parts[parts.count - 1].content = String(decoding: content, as: UTF8.self)
                    parts[parts.count - 1].ended = true
                }
            }
        }
        try parser.finish()
        return parts
    }

    private static let expected = [
        Part(
            head: MultipartHead(name: "folder", fileName: nil, contentType: nil), content: "Act 1", ended: true),
        Part(
            head: MultipartHead(name: "file", fileName: "a \"b\".png", contentType: "image/png"),
            content: "\r\n--b0x\r\n--b\r\n\r--b0-\r\r\n", ended: true),
        Part(head: MultipartHead(name: "none", fileName: "", contentType: nil), content: "", ended: true),
    ]

    @Test func `reads fields and files, and content that only looks like a boundary`() throws {
        #expect(try parse(Self.form) == Self.expected)
    }

    @Test func `every split into two chunks gives the same parts`() throws {
        for cut in 0...Self.form.utf8.count {
            #expect(try parse(Self.form, cutAt: [cut]) == Self.expected, "cut at \(cut)")
        }
    }

    @Test func `one byte at a time gives the same parts`() throws {
        #expect(try parse(Self.form, cutAt: Array(1..<Self.form.utf8.count)) == Self.expected)
    }

    @Test func `a form cut off anywhere before its closing boundary is an error`() {
        for length in 0..<Self.form.utf8.count - "\r\nepilogue".utf8.count {
            #expect(throws: MultipartError.self, "cut to \(length)") {
                try parse(String(decoding: Self.form.utf8.prefix(length), as: UTF8.self))
            }
        }
    }

    @Test func `content is passed on before the part ends`() throws {
        var parser = MultipartParser(boundary: "b0")
        _ = try parser.append(
            Array("--b0\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n".utf8))
        let chunk = [UInt8](repeating: 7, count: 100_000)
        #expect(try parser.append(chunk) == [.bytes(chunk[...])])
    }

    @Test func `refuses more parts than the limit`() {
        var limits = MultipartLimits()
        limits.maxPartCount = 2
        #expect(throws: MultipartError.tooManyParts(limit: 2)) { try parse(Self.form, limits: limits) }
    }

    @Test func `refuses headers over the limit without waiting for their end`() throws {
        var limits = MultipartLimits()
        limits.maxHeaderByteCount = 100
        var parser = MultipartParser(boundary: "b0", limits: limits)
        _ = try parser.append(Array("--b0\r\nContent-Disposition: ".utf8))
        #expect(throws: MultipartError.headersTooLarge(limit: 100)) {
            try parser.append([UInt8](repeating: 65, count: 101))
        }
    }

    @Test func `refuses endless bytes before the first boundary`() throws {
        var parser = MultipartParser(boundary: "b0")
        #expect(throws: MultipartError.noBoundaryFound) {
            for _ in 0..<100 { _ = try parser.append([UInt8](repeating: 65, count: 1000)) }
        }
    }

    @Test(arguments: [
        "Content-Type: image/png\r\n\r\n", "Content-Disposition: attachment; name=\"a\"\r\n\r\n",
        "Content-Disposition: form-data\r\n\r\n", "no colon\r\n\r\n", "\r\n",
    ])
    func `refuses a part that doesn't say which field it is`(headers: String) {
        #expect(throws: MultipartError.self) { try parse("--b0\r\n\(headers)x\r\n--b0--\r\n") }
    }

    @Test func `refuses a file name that is not UTF-8`() throws {
        var parser = MultipartParser(boundary: "b0")
        let head = Array("--b0\r\nContent-Disposition: form-data; name=\"f\"; filename=\"".utf8)
        #expect(throws: MultipartError.malformedHeaders("they are not UTF-8")) {
            try parser.append(head + [0xFF] + Array("\"\r\n\r\n".utf8))
        }
    }
}
