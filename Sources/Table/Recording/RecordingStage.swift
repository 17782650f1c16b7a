import JSONDocument
import Journal
import Synchronization

/// Makes committed batches out of a recorded journal, in the writer's place.
///
/// One lock makes an order of all that is published: sinks are called within it, as the writer's thread calls them.
final class RecordingStage: Sendable {
    let publication: Publication

    private let reader: JournalReader
    private let fileSystem: any FileSystem
    private let fold: Mutex<DocumentFold>

    /// Begins after an event.
    init(
        reader: JournalReader, fileSystem: any FileSystem, at offset: Int64, report: HistoryReport
    ) throws(TableError) {
        let moment = try RecordedMoment.read(offset, reader: reader, fileSystem: fileSystem, report: report)
        self.reader = reader
        self.fileSystem = fileSystem
        self.fold = Mutex(moment.fold)
        self.publication = Publication(
            CommittedState(
                document: moment.fold.document, offset: offset, chain: moment.chain, time: moment.time,
                digests: DocumentDigest()),
            end: nil)
        self.publication.stopWriting(reason: "a recording is played")
    }

    /// Applies lines and publishes them.
    func show(_ chunk: LineChunk) throws(TableError) {
        try self.fold.withLock { fold throws(TableError) in
            let state = self.publication.state
            var show = RecordedEvents(fold: fold, chain: state.chain)
            for index in 0..<chunk.count { try show.add(chunk.line(index)) }
            guard let newest = show.events.last else { return }
            fold = show.fold
            self.publish(
                show.events.map(BatchItem.event),
                state.advanced(
                    to: fold.document, offset: newest.offset, chain: newest.chain, time: newest.time))
        }
    }

    /// Publishes another moment.
    func jump(to offset: Int64) throws(TableError) {
        try self.fold.withLock { fold throws(TableError) in
            let moment = try RecordedMoment.read(offset, reader: self.reader, fileSystem: self.fileSystem)
            fold = moment.fold
            self.publication.limit.jump(to: offset)
            self.publish(
                [],
                self.publication.state.advanced(
                    to: fold.document, offset: offset, chain: moment.chain, time: moment.time),
                isJump: true)
        }
    }

    /// Passes a message on to everybody but its origin.
    func relay(_ effect: Effect) {
        self.fold.withLock { _ in self.publish([.effect(effect)], self.publication.state) }
    }

    private func publish(_ items: [BatchItem], _ state: CommittedState, isJump: Bool = false) {
        let sinks = self.publication.publish(state, end: nil) { $0.count(items, commits: 0) }
        let batch = CommittedBatch(items: items, state: state, isJump: isJump)
        for sink in sinks { sink(batch) }
    }
}

/// A moment of the recording.
private struct RecordedMoment {
    let fold: DocumentFold
    let chain: ChainDigest
    let time: JournalTime

    static func read(
        _ offset: Int64, reader: JournalReader, fileSystem: any FileSystem, report: HistoryReport = { _ in }
    ) throws(TableError) -> RecordedMoment {
        // The snapshots of old events went into the archive with them.
        let snapshots = SnapshotStore(folder: reader.folder(holding: offset), fileSystem: fileSystem)
        let history = History(reader: reader, snapshots: snapshots)
        let document = try history.document(at: offset, report: report)
        return try tableReading { () throws(JournalError) in
            RecordedMoment(
                fold: DocumentFold(document, at: offset), chain: try reader.chain(at: offset),
                time: try reader.time(at: offset))
        }
    }
}

/// Events on their way from lines to a batch.
private struct RecordedEvents {
    var fold: DocumentFold
    private var chain: ChainDigest
    private(set) var events: [CommittedEvent] = []

    init(fold: DocumentFold, chain: ChainDigest) {
        self.fold = fold
        self.chain = chain
    }

    mutating func add(_ line: [UInt8]) throws(TableError) {
        let envelope = try self.fold.apply(line.span)
        self.chain.extend(line: line)
        let patch: JSONPatch
        do throws(JSONPatchError) {
            patch = try JSONPatch(parsing: Array(line[envelope.patch]), limits: .stored)
        } catch {
            throw .badEvent(offset: envelope.offset, reason: "\(error)")
        }
        self.events.append(
            CommittedEvent(
                offset: envelope.offset, time: envelope.time, type: envelope.type, line: line, origin: nil,
                chain: self.chain, live: self.member("live", ifTouchedBy: patch),
                viewer: self.member("viewer", ifTouchedBy: patch), audio: self.member("audio", ifTouchedBy: patch),
                effect: envelope.type == Deciding.effectEventType
                    ? Effect(origin: nil, message: Array(line[envelope.data])) : nil))
    }

    private func member(_ name: String, ifTouchedBy patch: JSONPatch) -> JSONValue? {
        patch.touches(name) ? self.fold.document[name] ?? .null : nil
    }
}

extension JournalReader {
    /// When an event happened; for the moment before all events, when the journal was made.
    package func time(at offset: Int64) throws(JournalError) -> JournalTime {
        guard try offset >= self.firstOffset() else {
            guard let created = JournalTime(rfc3339: self.identity.created) else { return JournalTime(milliseconds: 0) }
            return created
        }
        var cursor = self.cursor(from: offset, through: CommittedLimit(newestOffset: offset))
        guard let chunk = try cursor.next(), chunk.firstOffset == offset else {
            throw .offsetOutOfRange(
                offset: offset, first: try self.firstOffset(), newest: try self.newestOffset())
        }
        return try EventEnvelope.parse(chunk.line(0)).time
    }
}
