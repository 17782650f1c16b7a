import JSONDocument
import Journal
import Sync
import Table

extension HubServices {
    /// The journal's identity as clients are told it.
    var journal: String { table.identity.uuid }

    /// Decides how a client joins.
    ///
    /// May read the journal: called on a worker's thread.
    ///
    /// - Parameters:
    ///   - request: What the client said.
    ///   - state: The state that it is brought up to.
    ///   - ringTail: Bytes of the lines that it lacks, where the ring knows them.
    /// - Throws: `JournalError` where the journal can't be read.
    func decide(_ request: ResumeRequest, state: CommittedState, ringTail: Int?) throws -> ResumeAnswer {
        // Sync's facts can't throw; a journal that can't be read must not pass for another history.
        var fault: (any Error)?
        let table = table
        let answer = ResumeDecision.decide(
            request,
            facts: ResumeFacts(
                journal: journal, newestOffset: state.offset,
                oldestOffset: request.after == nil ? 0 : try table.reader.firstOffset(),
                chain: { offset in
                    if offset == state.offset { return state.chain.hex }
                    do throws(JournalError) {
                        return try table.reader.chain(at: offset).hex
                    } catch {
                        // Not kept any more: that is an answer.
                        if case .offsetOutOfRange = error { return nil }
                        fault = error
                        return nil
                    }
                },
                tailByteCount: { offset in
                    if let ringTail { return ringTail }
                    do { return try self.tailByteCount(after: offset, of: state) } catch { fault = error }
                    return nil
                },
                snapshotByteCount: { state.document.byteCount }))
        if let fault { throw fault }
        return answer
    }

    /// Bytes of the lines after an offset, counted in the journal until they are more than a snapshot.
    private func tailByteCount(after offset: Int64, of state: CommittedState) throws -> Int {
        let enough = state.document.byteCount
        var cursor = table.reader.cursor(
            from: offset + 1, through: CommittedLimit(newestOffset: state.offset))
        var byteCount = 0
        while byteCount <= enough, let chunk = try cursor.next() { byteCount += chunk.bytes.count }
        return byteCount
    }
}
