import JSONDocument
import Journal
import Table

/// Whether the documents that a table's folder and later archives go on from are what replay of the events before them gives.
///
/// Reading all of a journal with its archives never needs them; without an archive the table is nothing but what they say.
struct StartAudit {
    private let source: JournalSource

    init(_ source: JournalSource) {
        self.source = source
    }

    /// Looks at each.
    ///
    /// - Parameter digests: The replayed document's digest at these documents' offsets; one that is missing wasn't reached.
    func findings(_ digests: [Int64: String], _ journal: VerifyReport) throws(ReplayError) -> [Audit.Finding] {
        var findings: [Audit.Finding] = []
        for start in source.reader.laterStarts {
            do throws(JournalError) {
                guard let document = try source.reader.document(of: start),
                    let fault = try fault(of: document, replayed: digests[start.offset], journal)
                else { continue }
                findings.append(Audit.Finding(file: start.file, event: start.offset, reason: fault))
            } catch {
                guard case .damaged(let damage) = error else { throw ReplayError(error) }
                findings.append(Audit.Finding(damage))
            }
        }
        return findings
    }

    private func fault(
        of start: SnapshotFile, replayed: String?, _ journal: VerifyReport
    ) throws(JournalError) -> String? {
        guard let document = try? start.parsedDocument() else {
            return "a start document that isn't JSON"
        }
        guard DocumentDigest.compute(document) == start.digest else {
            return "a start document that isn't the one that its digest names"
        }
        // Where the journal itself is damaged, nobody can say more.
        guard journal.isClean, let replayed else { return nil }
        guard start.digest == replayed else { return "a start document that differs from the replayed one" }
        let chain = try source.reader.chain(at: start.offset).hex
        return chain == start.chain ? nil : "a start document with another chain than the journal's"
    }
}
