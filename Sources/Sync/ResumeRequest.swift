/// What a client says about its position when it connects: the query of `/ws`.
///
/// sync-protocol.md, "Joining and resuming": `?journal=<uuid>&after=41&chain=38:9f…`.
package struct ResumeRequest: Equatable, Sendable {
    /// A chain digest that the server once told this client.
    package struct ToldChain: Equatable, Sendable {
        /// The offset that the digest was told for.
        package var offset: Int64
        /// The first 16 hex digits of the digest, lower case.
        package var short: String

        /// The digest told for `offset`, of which `short` are the first 16 hex digits.
        package init(offset: Int64, short: String) {
            self.offset = offset
            self.short = short
        }
    }

    /// What was said about a chain digest.
    package enum ChainEvidence: Equatable, Sendable {
        case none
        case told(ToldChain)
        /// Something was given that isn't `<offset>:<16 hex digits>`. The client asked for a check that can't be
        /// made, so its position can't be trusted.
        case unreadable
    }

    /// The journal that ``after`` counts in, lower case; `nil` where none was named.
    package var journal: String?
    /// The newest offset that the client has applied, -1 for the empty document; `nil` where none was given or
    /// what was given is no offset.
    package var after: Int64?
    /// The evidence that the client's history is this journal's.
    package var evidence: ChainEvidence

    /// The chain digest that the client was told, where it gave a readable one.
    package var chain: ToldChain? {
        if case .told(let chain) = self.evidence { chain } else { nil }
    }

    /// A request made of its parts; without arguments, a client without a position.
    package init(journal: String? = nil, after: Int64? = nil, evidence: ChainEvidence = .none) {
        self.journal = journal
        self.after = after
        self.evidence = evidence
    }

    /// Reads the query of a WebSocket URL, percent-encoded as it came, without or with its `?`.
    ///
    /// Never fails: what can't be read counts as not given (a snapshot is always a right answer), except an
    /// unreadable `chain`, which is remembered as such. Where a name comes twice, the first counts.
    package static func parse(query: String) -> ResumeRequest {
        let query = QueryString(query)
        let after = query["after"].flatMap { Int64($0) }.flatMap { $0 >= -1 ? $0 : nil }
        let journal = query["journal"].flatMap { $0.isEmpty ? nil : $0.lowercased() }
        return ResumeRequest(journal: journal, after: after, evidence: self.evidence(query["chain"]))
    }

    private static func evidence(_ text: String?) -> ChainEvidence {
        guard let text, !text.isEmpty else { return .none }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let offset = Int64(parts[0]), offset >= -1 else { return .unreadable }
        let digits = parts[1].utf8
        guard digits.count >= Self.chainDigitCount, digits.allSatisfy({ hexValue(of: $0) != nil }) else {
            return .unreadable
        }
        return .told(ToldChain(offset: offset, short: shortChain(String(parts[1]).lowercased())))
    }

    /// How many hex digits of a chain digest travel: 64 bits, enough to notice another history.
    static let chainDigitCount = 16
}

/// The part of a chain digest that clients are told: its first 16 hex digits.
func shortChain(_ digest: String) -> String {
    String(digest.prefix(ResumeRequest.chainDigitCount))
}
