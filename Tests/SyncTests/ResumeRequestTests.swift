import Testing

@testable import Sync

@Suite struct ResumeRequestTests {
    @Test func `a query without a position is a client without one`() {
        for query in ["", "?", "verbose=1", "journal=&after=", "&&=&"] {
            #expect(ResumeRequest.parse(query: query) == ResumeRequest(), "query \(query)")
        }
    }

    @Test func `journal, position and chain are read whatever their order`() {
        let expected = ResumeRequest(
            journal: "0b6f-1", after: 41,
            evidence: .told(ResumeRequest.ToldChain(offset: 38, short: "9f00112233445566")))
        #expect(ResumeRequest.parse(query: "journal=0b6f-1&after=41&chain=38:9f00112233445566") == expected)
        #expect(ResumeRequest.parse(query: "?chain=38:9f00112233445566&x=1&after=41&journal=0b6f-1") == expected)
        #expect(expected.chain?.offset == 38)
        #expect(expected.chain?.short == "9f00112233445566")
    }

    @Test func `values are percent-decoded, and an escape that is none stays as it is`() {
        #expect(ResumeRequest.parse(query: "chain=38%3a9F00112233445566").chain?.short == "9f00112233445566")
        #expect(ResumeRequest.parse(query: "%6aournal=%41%42").journal == "ab")
        #expect(ResumeRequest.parse(query: "journal=50%25").journal == "50%")
        #expect(ResumeRequest.parse(query: "journal=50%").journal == "50%")
        #expect(ResumeRequest.parse(query: "journal=%zz%4").journal == "%zz%4")
        #expect(ResumeRequest.parse(query: "journal=a+b").journal == "a+b")
    }

    @Test func `a query cut inside a character is still read`() {
        #expect(ResumeRequest.parse(query: "journal=%C3&after=3").after == 3)
    }

    @Test(arguments: ["x", "-2", "1.5", "99999999999999999999", "0x10", "", "%20"])
    func `a position that is no offset is no position`(after: String) {
        #expect(ResumeRequest.parse(query: "journal=j&after=\(after)").after == nil)
    }

    @Test func `the position before event 0 is one`() {
        #expect(ResumeRequest.parse(query: "journal=j&after=-1").after == -1)
    }

    @Test func `the first of several values counts`() {
        #expect(ResumeRequest.parse(query: "after=4&after=5").after == 4)
    }

    @Test func `a whole digest is cut to the part that is compared`() {
        let digest = "9f00112233445566" + String(repeating: "a", count: 48)
        #expect(ResumeRequest.parse(query: "chain=3:\(digest)").chain?.short == "9f00112233445566")
    }

    @Test(arguments: [
        "38", "38:", "38:9f", ":9f00112233445566", "x:9f00112233445566", "-2:9f00112233445566", "3:9g00112233445566",
    ])
    func `a chain that can't be read is remembered as such`(chain: String) {
        let request = ResumeRequest.parse(query: "chain=\(chain)")
        #expect(request.evidence == .unreadable)
        #expect(request.chain == nil)
    }
}
