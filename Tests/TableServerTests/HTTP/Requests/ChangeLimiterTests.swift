import HTTPTypes
import JSONDocument
import Sync
import Table
import Testing

@testable import TableServer

@Suite struct ChangeLimiterTests {
    private func request(_ method: HTTPRequest.Method, forwardedFor: String? = nil) -> HTTPRequest {
        var request = HTTPRequest(method: method, scheme: "http", authority: "x", path: "/scenes/save")
        request.headerFields[.forwardedFor] = forwardedFor
        return request
    }

    private func refusal(_ limiter: ChangeLimiter, _ request: HTTPRequest, peer: String?) -> Refusal? {
        do {
            try limiter.check(request, peer: peer)
            return nil
        } catch {
            return error as? Refusal
        }
    }

    @Test func `a client over the limit is told when to come back, the others are not held up`() throws {
        let limiter = ChangeLimiter(RateLimit.Limits(perSecond: 2, burst: 3), now: { 0 })
        for _ in 0..<3 { #expect(refusal(limiter, request(.post), peer: "192.168.1.5") == nil) }
        let refused = try #require(refusal(limiter, request(.put), peer: "192.168.1.5"))
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.detail.stringValue?.contains("500 ms") == true)
        #expect(refusal(limiter, request(.delete), peer: "192.168.1.6") == nil)
    }

    @Test(arguments: [HTTPRequest.Method.get, .head, .options]) func `reads are not limited`(method: HTTPRequest.Method)
    {
        let limiter = ChangeLimiter(RateLimit.Limits(perSecond: 1, burst: 1), now: { 0 })
        for _ in 0..<100 { #expect(refusal(limiter, request(method), peer: "192.168.1.5") == nil) }
    }

    @Test func `without a limit nobody is refused`() {
        let limiter = ChangeLimiter(nil, now: { 0 })
        for _ in 0..<5_000 { #expect(refusal(limiter, request(.post), peer: "192.168.1.5") == nil) }
    }

    @Test func `programs on this machine are limited only where that is asked for`() {
        for peer in ["127.0.0.1", "::1"] {
            let usual = ChangeLimiter(RateLimit.Limits(perSecond: 1, burst: 1), now: { 0 })
            for _ in 0..<100 { #expect(refusal(usual, request(.post), peer: peer) == nil) }
            let all = ChangeLimiter(RateLimit.Limits(perSecond: 1, burst: 1), limitsOwnMachine: true, now: { 0 })
            #expect(refusal(all, request(.post), peer: peer) == nil)
            #expect(refusal(all, request(.post), peer: peer)?.status == .tooManyRequests)
        }
    }

    @Test func `a refusal that passes says when to ask again`() {
        #expect(Refusal(CommandError(.busy, "busy")).headers[.retryAfter] == "1")
        #expect(Refusal(CommandError(.busy, "busy")).status == .serviceUnavailable)
        #expect(Refusal(CommandError(.readOnly, "broken")).headers[.retryAfter] == nil)
        #expect(Refusal.stopping.headers[.retryAfter] == "5")
    }

    @Test func `a forwarded address counts only behind a proxy on this machine, and of it only the last`() {
        let own = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"]
        for peer in own {
            #expect(ChangeLimiter.client(peer: peer, forwardedFor: nil) == nil)
            #expect(ChangeLimiter.client(peer: peer, forwardedFor: " , ") == nil)
            #expect(ChangeLimiter.client(peer: peer, forwardedFor: "6.6.6.6, 10.0.0.7") == "10.0.0.7")
        }
        #expect(ChangeLimiter.client(peer: "10.0.0.7", forwardedFor: "6.6.6.6") == "10.0.0.7")
        #expect(ChangeLimiter.client(peer: nil, forwardedFor: "6.6.6.6") == "unknown")
        let long = String(repeating: "9", count: 10_000)
        #expect(ChangeLimiter.client(peer: "::1", forwardedFor: long)?.count == 64)
    }
}
