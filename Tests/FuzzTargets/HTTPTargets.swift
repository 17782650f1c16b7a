import TableServer

extension FuzzTarget {
    static let multipart = FuzzTarget("multipart", "a form: first how it is cut, then boundary `b`") { input in
        let whole = FormOutcome(input.bytes, chunkByteCount: input.bytes.count)
        let chunkByteCount = Int(input.bytes.first ?? 1) % 16 + 1
        let cut = FormOutcome(input.bytes, chunkByteCount: chunkByteCount)
        try require(cut == whole, "cut into \(chunkByteCount) bytes, the form is another one: \(cut), not \(whole)")
    }

    static let range = FuzzTarget("range", "Range and If-Range headers, against files of several sizes") { input in
        let texts = input.texts(2)
        let ifRange = input.parts(2)[1].isEmpty ? nil : texts[1]
        for size in [0, 1, 1000, .max] as [Int64] {
            let range = ByteRange.decide(header: texts[0], ifRange: ifRange, size: size, validators: ["\"tag\""])
            guard case .part(let part) = range else { continue }
            try require(!part.isEmpty && part.lowerBound >= 0 && part.upperBound <= size, "\(part) of \(size) bytes")
            try require(ifRange == nil || ifRange == "\"tag\"", "a part of another file: \(texts[1])")
        }
        try require(
            ByteRange.decide(header: nil, ifRange: ifRange, size: 1, validators: []) == .whole, "no range, no whole")
    }

    static let requestPath = FuzzTarget("request-path", "the path and the query of a request") { input in
        let path = RequestPath(encoded: input.text)
        try require(path.text.utf8.first == UInt8(ascii: "/"), "a path without its slash: \(path.text)")
        try require("/" + path.components.joined(separator: "/") == path.text, "the parts make another path")
        for component in path.components {
            try require(!component.utf8.contains(UInt8(ascii: "/")), "a slash inside a component: \(component)")
        }
        let escaped = input.text.utf8.map { "%" + Self.hex($0 >> 4) + Self.hex($0 & 15) }.joined()
        try require(PercentCoding.decode(escaped) == input.text, "escaped, '\(input.text)' is another text")
        for item in QueryItems(input.text).items {
            try require(QueryItems(input.text)[item.name] != nil, "a parameter that can't be found: \(item.name)")
        }
    }

    static let headerParameters = FuzzTarget("header-parameters", "a header's value with parameters") { input in
        let value = ParameterisedValue(input.text)
        for (name, _) in value.parameters { try require(!name.isEmpty, "a parameter without a name") }
        let again = ParameterisedValue(value.value)
        try require(again.value == value.value && again.parameters.isEmpty, "'\(value.value)' has more in it")
    }

    private static func hex(_ digit: UInt8) -> String { String(digit, radix: 16) }
}

/// What a form comes to, however it was cut: its parts with their contents, and the error if there was one.
private struct FormOutcome: Equatable {
    private var heads: [MultipartHead] = []
    private var contents: [[UInt8]] = []
    private var endedCount = 0
    private var error: MultipartError?

    init(_ body: [UInt8], chunkByteCount: Int) {
        var parser = MultipartParser(boundary: "b")
        var rest = body[...]
        do throws(MultipartError) {
            while !rest.isEmpty {
                for event in try parser.append(rest.prefix(chunkByteCount)) { self.take(event) }
                rest = rest.dropFirst(chunkByteCount)
            }
            try parser.finish()
        } catch {
            // What came before an error may or may not have been handed out by then.
            self.error = error
            self.heads = []
            self.contents = []
            self.endedCount = 0
        }
    }

    private mutating func take(_ event: MultipartEvent) {
        switch event {
        case .part(let head):
            self.heads.append(head)
            self.contents.append([])
        case .bytes(let bytes): self.contents[self.contents.count - 1] += bytes
        case .partEnd: self.endedCount += 1
        }
    }
}
