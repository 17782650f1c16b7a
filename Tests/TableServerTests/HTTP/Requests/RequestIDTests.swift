import Testing

@testable import TableServer

@Suite struct RequestIDTests {
    @Test(arguments: [
        "a", "0d9e6a1c-5b0e-4f6e-9a53-1f0b0f0a8d11", "Root=1-67891233-abcdef;Sampled=1", "aGVsbG8/+w==",
        String(repeating: "x", count: 128),
    ])
    func `a sane one is taken`(given: String) {
        #expect(RequestID(given: given).description == given)
    }

    @Test(arguments: [
        nil, "", "a b", "a, b", "a\"b", "a\\b", "é", "a\u{0}", "<script>", String(repeating: "x", count: 129),
    ])
    func `anything else is answered with a new one`(given: String?) {
        #expect(RequestID(given: given, random: 0xAB).description == "00000000000000ab")
    }
}
