import Testing

@testable import JSONDocument

@Suite struct ElementIdentityTests {
    private func elements(_ text: String) throws -> [JSONValue] {
        try #require(JSONValue.parse(text: text).elements)
    }

    @Test func `an id is a text or a number and goes before a name, which is a text`() throws {
        let known = try elements(#"[{"id":"a","name":"b"},{"id":1,"name":"b"},{"id":null,"name":"b"},{"name":"b"}]"#)
        #expect(known.map { ElementIdentity(of: $0) } == [.id("a"), .number(1), .name("b"), .name("b")])
        for element in try elements(#"[{"name":1},{"id":[],"name":null},{},[],"a",1,null]"#) {
            #expect(ElementIdentity(of: element) == nil, "\(element.text)")
        }
    }

    @Test func `the same number is the same id however it is written, and a text is another`() throws {
        let known = try elements(#"[{"id":1},{"id":1.0},{"id":1e0},{"id":"1"}]"#)
        let keys = try #require(ElementKey.all(of: known))
        #expect(keys.map(\.identity) == [.number(1), .number(1), .number(1), .id("1")])
        #expect(keys.map(\.occurrence) == [0, 1, 2, 0])
        // Typed, there is no difference.
        #expect(ElementKey.typedNames(of: known) == ["1", "1\u{0}1", "1\u{0}2", "1\u{0}3"])
    }

    @Test func `every way to an element's key gives the same one, and the key leads back`() throws {
        let mixed = try elements(#"[{"name":"a"},{"id":"a"},7,{"name":"a"},{"id":2},{"id":2,"name":"a"},{}]"#)
        let keys = ElementKey.each(of: mixed)
        #expect(ElementKey.all(of: mixed) == nil)
        #expect(keys.map { $0 == nil } == [false, false, true, false, false, false, true])
        for (index, key) in keys.enumerated() {
            #expect(ElementKey(ofElement: index, of: mixed) == key)
            if let key { #expect(key.index(in: mixed) == index) }
        }
        #expect(Set(keys.compactMap(\.self)).count == 5)
        #expect(ElementKey(ofElement: 7, of: mixed) == nil)
        #expect(keys[3]?.index(in: Array(mixed.prefix(3))) == nil, "the second of a name where there is one")
    }
}
