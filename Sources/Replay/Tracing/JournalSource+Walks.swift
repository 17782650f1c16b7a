import JSONDocument
import Journal
import Table

extension JournalSource {
    /// Replays events one by one, so that somebody can look at the document between them.
    ///
    /// - Parameters:
    ///   - fold: What to go on from; holds the document after the last event that was applied.
    ///   - newest: The last event to apply.
    ///   - body: Given each event's line, and the fold before it, which `body` applies it to. Answers whether to go on.
    func replay(
        _ fold: inout DocumentFold, through newest: Int64, progress: ProgressSink,
        _ body: (_ offset: Int64, _ line: Span<UInt8>, _ fold: inout DocumentFold) throws(ReplayError) -> Bool
    ) throws(ReplayError) {
        try walk(after: fold.offset, through: newest, progress: progress) { (offset, line) throws(ReplayError) in
            try body(offset, line, &fold)
        }
    }

    /// Hands out lines, the oldest first.
    ///
    /// - Parameter body: Answers whether to go on.
    func walk(
        after start: Int64, through newest: Int64, progress: ProgressSink,
        _ body: (_ offset: Int64, _ line: Span<UInt8>) throws(ReplayError) -> Bool
    ) throws(ReplayError) {
        var cursor = reader.cursor(from: start + 1, through: CommittedLimit(newestOffset: newest))
        var last = start
        var goesOn = true
        while goesOn, last < newest {
            let chunk: LineChunk?
            do throws(JournalError) {
                chunk = try cursor.next()
            } catch {
                throw ReplayError(error)
            }
            guard let chunk else { throw .no("there is no event \(newest): this journal ends with \(last)") }
            try chunk.forEachLine { (offset, line) throws(ReplayError) in
                guard goesOn else { return }
                goesOn = try body(offset, line)
                last = offset
            }
            progress(ProgressStep(title: "Replaying", done: last - start, total: newest - start, unit: .events))
        }
    }

    /// Hands out lines from the newest back, without replaying anything.
    ///
    /// Reads frame by frame, so that each is unpacked once and memory is bounded by one frame.
    ///
    /// - Parameters:
    ///   - newest: The first event to hand out.
    ///   - body: Answers which event to hand out next at the latest: the one before, or an older one if those between are
    ///     of no interest (frames without anything of interest aren't read); nil ends the walk.
    func walkBack(
        from newest: Int64, progress: ProgressSink,
        _ body: (_ offset: Int64, _ line: ArraySlice<UInt8>) throws(ReplayError) -> Int64?
    ) throws(ReplayError) {
        let frames: [Int64]
        do throws(JournalError) {
            frames = try reader.frames().map(\.offset)
        } catch {
            throw ReplayError(error)
        }
        var next: Int64? = newest
        for base in frames.reversed() {
            guard let wanted = next else { return }
            if base > wanted { continue }
            for chunk in try chunks(from: base, through: wanted).reversed() {
                for index in stride(from: chunk.count - 1, through: 0, by: -1) {
                    let offset = chunk.firstOffset + Int64(index)
                    guard let wanted = next, offset <= wanted else { continue }
                    next = try body(offset, chunk.bytes[chunk.range(ofLine: index)])
                }
            }
            progress(ProgressStep(title: "Looking back", done: newest - base, total: newest + 1, unit: .events))
        }
    }

    private func chunks(from first: Int64, through newest: Int64) throws(ReplayError) -> [LineChunk] {
        do throws(JournalError) {
            var chunks: [LineChunk] = []
            var cursor = reader.cursor(from: first, through: CommittedLimit(newestOffset: newest))
            while cursor.nextOffset <= newest, let chunk = try cursor.next() { chunks.append(chunk) }
            return chunks
        } catch {
            throw ReplayError(error)
        }
    }

    /// The journal's first document, or the newest snapshot's up to an offset.
    func fold(atOrBelow offset: Int64, useSnapshots: Bool) throws(ReplayError) -> DocumentFold {
        do throws(TableError) {
            return try useSnapshots ? history(of: offset).start(atOrBelow: offset) : reader.firstDocument()
        } catch {
            throw ReplayError(error)
        }
    }

    /// Folds on up to an offset.
    func fold(
        at offset: Int64, useSnapshots: Bool, progress: ProgressSink
    ) throws(ReplayError) -> DocumentFold {
        let document = try document(at: offset, useSnapshots: useSnapshots, progress: progress)
        return DocumentFold(document, at: offset)
    }
}

extension DocumentFold {
    /// Applies a line, with this tool's errors.
    mutating func applyLine(_ line: Span<UInt8>) throws(ReplayError) -> EventEnvelope {
        do throws(TableError) {
            return try apply(line)
        } catch {
            throw ReplayError(error)
        }
    }
}

extension EventEnvelope {
    /// Reads the line of an event, with this tool's errors.
    static func reading(_ line: Span<UInt8>) throws(ReplayError) -> EventEnvelope {
        do throws(JournalError) {
            return try parse(line)
        } catch {
            throw ReplayError(error)
        }
    }
}
