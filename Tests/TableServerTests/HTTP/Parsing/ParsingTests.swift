import Testing

@testable import TableServer

@Suite struct RequestPathTests {
    @Test(arguments: [
        ("/", [""]),
        ("/maps/file//a", ["maps", "file", "", "a"]),
        ("/maps/file/Act%201%2Fa.png", ["maps", "file", "Act 1", "a.png"]),
        ("/maps/file/50%.png", ["maps", "file", "50%.png"]),
        ("/maps/file/50%%20off", ["maps", "file", "50% off"]),
        ("/a/%zz%4", ["a", "%zz%4"]),
        ("/a/b+c", ["a", "b+c"]),
        ("/a/../b/%2e%2e/.", ["a", "..", "b", "..", "."]),
        ("/H%C3%B6hle", ["Höhle"]),
        ("/a%00b", ["a\u{0}b"]),
        ("/a%FFb", ["a\u{FFFD}b"]),
        ("/a/\u{308}b", ["a", "\u{308}b"]),
    ])
    func `decodes once, before components are told apart`(encoded: String, components: [String]) {
        #expect(RequestPath(encoded: encoded).components == components)
    }
}

@Suite struct QueryItemsTests {
    @Test func `decodes names and values, with plus as a space`() {
        let query = QueryItems("a=1&b=x+y%2B&c&include=p&include=q%20r&=z")
        #expect(query["a"] == "1")
        #expect(query["b"] == "x y+")
        #expect(query["c"] == "")
        #expect(query["d"] == nil)
        #expect(query.all("include") == ["p", "q r"])
        #expect(QueryItems(nil).items.isEmpty)
    }
}

@Suite struct RouteTableTests {
    private static func table() -> RouteTable<String> {
        var table = RouteTable<String>()
        table.add("GET", "/", "root")
        table.add("GET", "/scenes/list", "list")
        table.add("POST", "/scenes/folder", "create")
        table.add("PUT", "/scenes/folder/{path...}", "rename")
        table.add("DELETE", "/scenes/folder/{path...}", "delete")
        table.add("PUT", "/scenes/{id}", "update")
        table.add("POST", "/scenes/{id}/image", "image")
        return table
    }

    private func match(_ method: String, _ path: String) -> String {
        switch Self.table().match(method: method, path: RequestPath(encoded: path)) {
        case .found(let name, let parameters): "\(name) \(parameters)"
        case .methodNotAllowed(let allow): "allow \(allow)"
        case .notFound: "not found"
        }
    }

    @Test(arguments: [
        ("GET", "/", "root []"),
        ("GET", "/scenes/list", "list []"),
        ("PUT", "/scenes/list", #"update ["list"]"#),
        ("PUT", "/scenes/folder", #"update ["folder"]"#),
        ("PUT", "/scenes/folder/", #"rename [""]"#),
        ("DELETE", "/scenes/folder/a%2Fb//c", #"delete ["a/b//c"]"#),
        ("POST", "/scenes/x%20y/image", #"image ["x y"]"#),
    ])
    func `finds the first route that fits`(method: String, path: String, expected: String) {
        #expect(match(method, path) == expected)
    }

    @Test func `names the first route's method when only the method is wrong`() {
        #expect(match("POST", "/scenes/list") == "allow GET")
        #expect(match("GET", "/scenes/folder") == "allow POST")
        #expect(match("HEAD", "/") == "allow GET")
        #expect(match("PATCH", "/scenes/some") == "allow PUT")
    }

    @Test(arguments: ["/scenes", "/scenes/", "/scenes/a/b", "/Scenes/list", "/scenes//image", "/x"])
    func `knows nothing of other paths`(path: String) {
        #expect(match("GET", path) == "not found")
    }
}

@Suite struct ByteRangeTests {
    private func decide(_ header: String?, ifRange: String? = nil, size: Int64 = 100) -> ByteRange {
        .decide(header: header, ifRange: ifRange, size: size, validators: ["\"tag\"", "a date"])
    }

    @Test func `reads single ranges and clips them to the file`() {
        #expect(decide("bytes=0-0") == .part(0..<1))
        #expect(decide("bytes=2-9") == .part(2..<10))
        #expect(decide("bytes=2-") == .part(2..<100))
        #expect(decide("bytes=-6") == .part(94..<100))
        #expect(decide("bytes=-600") == .part(0..<100))
        #expect(decide("Bytes = 90-999999999999999999999") == .part(90..<100))
    }

    @Test func `a range past the end can't be satisfied`() {
        #expect(decide("bytes=100-") == .unsatisfiable)
        #expect(decide("bytes=100-200") == .unsatisfiable)
        #expect(decide("bytes=-0") == .unsatisfiable)
        #expect(decide("bytes=0-", size: 0) == .unsatisfiable)
        #expect(decide("bytes=-5", size: 0) == .unsatisfiable)
    }

    @Test func `without a range, or with several, it is the whole file`() {
        #expect(decide(nil) == .whole)
        #expect(decide("bytes=0-1,5-6") == .whole)
    }

    @Test func `another version of the file is sent whole`() {
        #expect(decide("bytes=0-1", ifRange: "\"tag\"") == .part(0..<2))
        #expect(decide("bytes=0-1", ifRange: "a date") == .part(0..<2))
        #expect(decide("bytes=0-1", ifRange: "\"other\"") == .whole)
    }

    @Test(arguments: ["bytes", "bytes=", "bytes=a-b", "bytes=5", "bytes=9-2", "lines=1-2", "bytes=-", "bytes=1-2-3"])
    func `says what no range is`(header: String) {
        guard case .malformed = decide(header) else {
            Issue.record("\(header) gave \(decide(header))")
            return
        }
    }
}

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_795_415_999, "Mon, 23 Nov 2026 06:39:59 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `writes the form of RFC 9110`(seconds: Int64, text: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == text)
    }
}
