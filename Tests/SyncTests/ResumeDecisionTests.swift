import Testing

@testable import Sync

@Suite struct ResumeDecisionTests {
    static let digest = "0123456789abcdef" + String(repeating: "0", count: 48)

    /// A journal whose events 20 to 50 are kept; 1,000 bytes an event, a document of 25,000 bytes.
    static func facts(
        newest: Int64 = 50, oldest: Int64 = 20, snapshotByteCount: Int = 25_000, tailAllowance: Int = 16_384
    ) -> ResumeFacts {
        ResumeFacts(
            journal: "aa-bb", newestOffset: newest, oldestOffset: oldest, tailAllowance: tailAllowance,
            chain: { $0 >= oldest - 1 ? Self.digest : nil }, tailByteCount: { Int(newest - $0) * 1_000 },
            snapshotByteCount: { snapshotByteCount })
    }

    static func told(_ offset: Int64, _ short: String = "0123456789abcdef") -> ResumeRequest.ChainEvidence {
        .told(ResumeRequest.ToldChain(offset: offset, short: short))
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let request: ResumeRequest
        let answer: ResumeAnswer

        init(_ what: String, _ request: ResumeRequest, _ answer: ResumeAnswer) {
            self.testDescription = what
            self.request = request
            self.answer = answer
        }
    }

    static let rows = [
        Row("no position", ResumeRequest(), .snapshot(reason: "fresh")),
        Row("a position without a journal", ResumeRequest(after: 41), .snapshot(reason: "fresh")),
        Row("a journal without a position", ResumeRequest(journal: "aa-bb"), .snapshot(reason: "fresh")),
        Row("another journal", ResumeRequest(journal: "cc", after: 41), .snapshot(reason: "other-journal")),
        Row("another journal, past it", ResumeRequest(journal: "cc", after: 99), .snapshot(reason: "other-journal")),
        Row("past the newest event", ResumeRequest(journal: "aa-bb", after: 51), .snapshot(reason: "ahead")),
        Row("up to date", ResumeRequest(journal: "aa-bb", after: 50), .resume(after: 50)),
        Row("a little behind", ResumeRequest(journal: "aa-bb", after: 41), .resume(after: 41)),
        Row("as far behind as a snapshot is large", ResumeRequest(journal: "aa-bb", after: 25), .resume(after: 25)),
        Row("further", ResumeRequest(journal: "aa-bb", after: 24), .snapshot(reason: "cheaper")),
        Row("all that is kept", ResumeRequest(journal: "aa-bb", after: 19), .snapshot(reason: "cheaper")),
        Row("more than is kept", ResumeRequest(journal: "aa-bb", after: 18), .snapshot(reason: "pruned")),
        Row(
            "the right chain", ResumeRequest(journal: "aa-bb", after: 41, evidence: told(38)), .resume(after: 41)),
        Row(
            "the right chain of the position itself", ResumeRequest(journal: "aa-bb", after: 41, evidence: told(41)),
            .resume(after: 41)),
        Row(
            "another chain", ResumeRequest(journal: "aa-bb", after: 41, evidence: told(38, "ffffffffffffffff")),
            .snapshot(reason: "other-history")),
        Row(
            "a chain that can't be read", ResumeRequest(journal: "aa-bb", after: 41, evidence: .unreadable),
            .snapshot(reason: "other-history")),
        Row(
            "a chain past the newest event", ResumeRequest(journal: "aa-bb", after: 41, evidence: told(60)),
            .snapshot(reason: "other-history")),
        Row(
            "a chain of events that are gone", ResumeRequest(journal: "aa-bb", after: 41, evidence: told(3)),
            .snapshot(reason: "pruned")),
        Row(
            "another chain and too far behind",
            ResumeRequest(journal: "aa-bb", after: 21, evidence: told(20, "ffffffffffffffff")),
            .snapshot(reason: "other-history")),
    ]

    @Test(arguments: rows)
    func `every position has its one answer`(row: Row) {
        #expect(ResumeDecision.decide(row.request, facts: Self.facts()) == row.answer)
    }

    @Test func `every reason of the protocol is given`() {
        let given = Set(Self.rows.map(\.answer))
        for reason in SnapshotReason.allCases {
            #expect(given.contains(.snapshot(reason)), "reason \(reason)")
        }
        #expect(
            SnapshotReason.allCases.map(\.rawValue)
                == ["fresh", "other-journal", "ahead", "pruned", "other-history", "cheaper"])
    }

    @Test func `an empty journal is resumed from before event 0`() {
        let facts = Self.facts(newest: -1, oldest: 0)
        #expect(ResumeDecision.decide(ResumeRequest(journal: "aa-bb", after: -1), facts: facts) == .resume(after: -1))
        #expect(ResumeDecision.decide(ResumeRequest(journal: "aa-bb", after: 0), facts: facts) == .snapshot(.ahead))
    }

    @Test func `the journal's name is compared whatever its case`() {
        var facts = Self.facts()
        facts.journal = "AA-BB"
        let request = ResumeRequest.parse(query: "journal=Aa-bB&after=41")
        #expect(ResumeDecision.decide(request, facts: facts) == .resume(after: 41))
    }

    @Test func `a tail within the allowance is sent however small the document is`() {
        let request = ResumeRequest(journal: "aa-bb", after: 40)
        #expect(ResumeDecision.decide(request, facts: Self.facts(snapshotByteCount: 300)) == .resume(after: 40))
        let strict = Self.facts(snapshotByteCount: 300, tailAllowance: 0)
        #expect(ResumeDecision.decide(request, facts: strict) == .snapshot(.cheaper))
    }

    @Test func `a tail of unknown size is sent`() {
        var facts = Self.facts()
        facts.tailByteCount = { _ in nil }
        #expect(ResumeDecision.decide(ResumeRequest(journal: "aa-bb", after: 20), facts: facts) == .resume(after: 20))
    }

    @Test func `what is expensive to know is asked for only where it decides`() {
        var asked: [String] = []
        var facts = Self.facts()
        facts.chain = { _ in
            asked.append("chain")
            return Self.digest
        }
        facts.tailByteCount = { _ in
            asked.append("tail")
            return 100
        }
        facts.snapshotByteCount = {
            asked.append("snapshot")
            return 1
        }
        _ = ResumeDecision.decide(ResumeRequest(), facts: facts)
        _ = ResumeDecision.decide(ResumeRequest(journal: "aa-bb", after: 50), facts: facts)
        #expect(asked.isEmpty)
        _ = ResumeDecision.decide(ResumeRequest(journal: "aa-bb", after: 49, evidence: Self.told(49)), facts: facts)
        #expect(asked == ["chain", "tail"])
    }
}
