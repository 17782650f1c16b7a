import Testing

@testable import Replay

@Suite struct GlobTests {
    @Test(arguments: [
        ("scene.saved", "scene.saved"), ("scene.*", "scene.saved"), ("*.saved", "scene.saved"), ("*", ""),
        ("s?ene.*d", "scene.saved"), ("**a**", "banana"), ("*an*an*", "banana"), ("", ""),
    ])
    func `matches`(pattern: String, text: String) {
        #expect(Glob(pattern).matches(text))
    }

    @Test(arguments: [
        ("scene", "scene.saved"), ("scene.*", "map.moved"), ("?", ""), ("", "a"), ("*b", "banana"), ("a*c", "ab"),
    ])
    func `doesn't match`(pattern: String, text: String) {
        #expect(!Glob(pattern).matches(text))
    }

    @Test func `many stars against a long text end soon`() {
        #expect(!Glob(String(repeating: "a*", count: 30) + "b").matches(String(repeating: "a", count: 5_000)))
    }
}
