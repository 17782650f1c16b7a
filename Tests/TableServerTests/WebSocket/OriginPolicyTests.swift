import NIOHTTP1
import Testing

@testable import TableServer

@Suite struct OriginPolicyTests {
    private func allows(_ origin: String?, host: String = "table.example:8010", forwarded: String? = nil) -> Bool {
        var headers = HTTPHeaders([("host", host)])
        if let origin { headers.add(name: "origin", value: origin) }
        if let forwarded { headers.add(name: "x-forwarded-host", value: forwarded) }
        return OriginPolicy(allowed: ["https://Friend.example", "http://other.example:99/"]).allows(headers)
    }

    @Test func `a program that sends no origin may connect`() { #expect(allows(nil)) }

    @Test(arguments: [
        "http://table.example", "https://table.example", "http://TABLE.example:3000", "http://localhost:3000",
        "https://app.localhost", "http://127.0.0.1", "http://127.8.9.1:80", "http://10.1.2.3", "http://172.16.0.1",
        "http://172.31.255.255:3000", "http://192.168.1.20:3000", "http://169.254.3.4", "http://[::1]:3000",
        "http://[fd12:3456::1]", "http://[fe80::1]:3000", "http://[::ffff:192.168.1.1]", "https://friend.example",
        "http://other.example:99",
    ])
    func `the same host, local and listed origins may connect`(origin: String) { #expect(allows(origin)) }

    @Test(arguments: [
        "http://evil.example", "http://table.example.evil.example", "https://other.example:99", "http://other.example",
        "null", "", "file://", "http://", "http://172.32.0.1", "http://172.15.0.1", "http://11.0.0.1",
        "http://192.169.0.1", "http://8.8.8.8", "http://[2001:db8::1]", "http://[fec0::1]", "http://notlocalhost",
        "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://10.1", "http://0x7f000001",
        "http://table.example@evil.example", "http://evil.example/table.example", "ws://table.example",
        "chrome-extension://abc", "http://[::1",
    ])
    func `every other page is refused`(origin: String) { #expect(!allows(origin)) }

    @Test func `the host that a proxy was asked for counts as the own one`() {
        #expect(allows("https://public.example", forwarded: "public.example:443"))
        #expect(allows("https://public.example", forwarded: "first.example, public.example"))
        #expect(!allows("https://evil.example", forwarded: "public.example"))
    }

    @Test func `two origins are refused, even if one is allowed`() {
        let headers = HTTPHeaders([
            ("host", "a"), ("origin", "http://localhost"), ("origin", "http://evil.example"),
        ])
        #expect(!OriginPolicy(allowed: []).allows(headers))
    }

    @Test func `a star allows any page`() {
        #expect(OriginPolicy(allowed: ["*"]).allows(["host": "a", "origin": "null"]))
    }
}
