import JSONDocument
import Journal

/// One round of the writer before its commit: commands decided one after the other against a tentative document.
///
/// Pure: no file, clock or thread. A refused command changes nothing here, so the others don't notice it. What comes out
/// is what to append, what to tell everybody once it is on disk, and what to answer to whom.
struct BatchPlan {
    /// What decides a command; ``Decider/decide(_:document:context:)`` outside tests.
    typealias Decide = (Command, JSONValue, DecisionContext) throws(CommandError) -> Decision

    /// Something to hand to the sinks after the commit; the events wait for their lines.
    struct Item {
        enum Content {
            case event(PlannedEvent)
            case effect(Effect)
            case liveForOrigin(ConnectionID, JSONValue)
        }

        let content: Content
        /// Whether it is only true if the batch's events are written.
        let restsOnCommit: Bool
    }

    /// An event that has no line yet.
    struct PlannedEvent {
        let type: String
        let origin: ConnectionID?
        let live: JSONValue?
        let viewer: JSONValue?
        let audio: JSONValue?
        let effect: Effect?
    }

    /// An answer that is given once the batch is on disk.
    struct Reply {
        let completion: CommandCompletion
        let result: Result<CommandOutcome, CommandError>
        /// Whether the answer rests on events of this batch: if they can't be written, it isn't true.
        let restsOnCommit: Bool
        /// When the command was queued, in the meter's nanoseconds.
        var queued: UInt64 = 0
        /// Whether the command made events of this batch.
        var madeEvents = false
    }

    /// What the batch begins with.
    struct Basis {
        let state: CommittedState
        let indexes: CommittedIndexes
    }

    /// Longest `data` and `patch` together that surely fit a line, in bytes.
    static let eventByteCountMax = (64 << 20) - (64 << 10)

    /// The document with everything accepted so far.
    private(set) var document: JSONValue
    /// Bytes of the events' data and patches.
    private(set) var byteCount = 0
    /// What to append: one element a command that makes events; several drafts in it are a group.
    private(set) var drafts: [[EventDraft]] = []
    private(set) var items: [Item] = []
    private(set) var replies: [Reply] = []
    /// Undo, redo and restore requests: they read history first, away from the writer.
    private(set) var historyRequests: [HistoryRequest] = []
    /// What the batch changes, by the offsets that its events will have.
    private(set) var changes = ChangeIndex()
    /// The commands with an id that the batch accepts.
    private(set) var commands: [(id: String, entry: CommandWindow.Entry)] = []
    /// The accepted ids' places in ``commands``.
    private var commandPlaces: [String: Int] = [:]
    /// Faults of our own to report: event type and reason.
    private(set) var faults: [(type: String, reason: String)] = []
    private var nextOffset: Int64
    private let basis: Basis
    private let context: DecisionContext
    private let decide: Decide

    init(
        basis: Basis, context: DecisionContext,
        decide: @escaping Decide = { command, document, context throws(CommandError) in
            try Decider.decide(command, document: document, context: context)
        }
    ) {
        self.basis = basis
        self.context = context
        self.decide = decide
        self.document = basis.state.document
        self.nextOffset = basis.state.offset + 1
    }

    /// Whether anything is to be written.
    var isEmpty: Bool { self.drafts.isEmpty }

    /// Decides one command, after all those before it.
    mutating func add(_ request: CommandRequest, _ completion: @escaping CommandCompletion, queued: UInt64 = 0) {
        if let id = request.id, let known = self.entry(of: id) {
            self.reply(known.answer(again: id, digest: request.contentDigest), completion)
        } else if request.command.readsHistory {
            self.historyRequests.append(
                HistoryRequest(
                    request: request, through: self.nextOffset - 1, restsOnCommit: !self.isEmpty,
                    completion: completion))
        } else {
            let before = self.nextOffset
            let result = self.carryOut(request)
            self.reply(result, completion, queued: queued, madeEvents: self.nextOffset > before)
        }
    }

    /// Passes an effect on in its place between the events, as an event of its own if `journaled`.
    mutating func add(_ effect: Effect, journaled: Bool) {
        if journaled {
            let request = CommandRequest(.effect(effect), actor: "", origin: effect.origin)
            if case .success = self.carryOut(request, effect: effect) { return }
        }
        self.items.append(Item(content: .effect(effect), restsOnCommit: false))
    }

    /// Refuses a command because the table takes no changes any more.
    mutating func refuse(_ completion: @escaping CommandCompletion) {
        self.replies.append(Reply(completion: completion, result: .failure(.writingStopped), restsOnCommit: false))
    }

    private func entry(of id: String) -> CommandWindow.Entry? {
        if let place = self.commandPlaces[id] { return self.commands[place].entry }
        return self.basis.indexes.window[id]
    }

    /// Everything decided after the first event of the batch may rest on it, even a refusal ('exists already').
    private mutating func reply(
        _ result: Result<CommandOutcome, CommandError>, _ completion: @escaping CommandCompletion, queued: UInt64 = 0,
        madeEvents: Bool = false
    ) {
        self.replies.append(
            Reply(
                completion: completion, result: result, restsOnCommit: !self.isEmpty, queued: queued,
                madeEvents: madeEvents))
    }

    private mutating func carryOut(
        _ request: CommandRequest, effect: Effect? = nil
    ) -> Result<CommandOutcome, CommandError> {
        do throws(CommandError) {
            try self.checkUnchanged(request)
            let decision = try self.decide(request.command, self.document, self.context)
            let offset = try self.accept(decision, request, effect)
            return .success(CommandOutcome(offset: offset, answer: decision.answer, base: decision.base))
        } catch {
            return .failure(error)
        }
    }

    private func checkUnchanged(_ request: CommandRequest) throws(CommandError) {
        guard let seen = request.ifOffset else { return }
        for pointer in request.command.addressed(in: self.document) {
            let changed = max(
                self.basis.indexes.changes.newestChange(at: pointer), self.changes.newestChange(at: pointer))
            if changed > seen { throw .changedMeanwhile(at: pointer.text, by: changed, after: seen) }
        }
    }

    /// Takes a decision's events in.
    ///
    /// - Returns: The offset that the last of them will have; `nil` if there is none.
    private mutating func accept(
        _ decision: Decision, _ request: CommandRequest, _ effect: Effect?
    ) throws(CommandError) -> Int64? {
        guard !decision.events.isEmpty else {
            // A scene that was merged into what is there already is stale news to the others.
            if let message = request.relayWhenUnchanged, !decision.liveForOrigin {
                self.pass(.effect(Effect(origin: request.origin, message: message())))
            }
            self.sendLive(to: decision.liveForOrigin ? request.origin : nil)
            return nil
        }
        let drafts = try Self.drafts(of: decision, request)
        let planned = try self.apply(decision.events, request, effect)
        self.drafts.append(drafts)
        self.byteCount += drafts.reduce(0) { $0 + $1.data.count + $1.patch.count }
        for event in planned { self.pass(.event(event)) }
        self.sendLive(to: decision.liveForOrigin ? request.origin : nil)
        for event in decision.events {
            self.changes.record(event.patch, at: self.nextOffset)
            self.nextOffset += 1
        }
        self.note(request, answer: decision.answer)
        return self.nextOffset - 1
    }

    /// Applies all events or none.
    private mutating func apply(
        _ events: [EventContent], _ request: CommandRequest, _ effect: Effect?
    ) throws(CommandError) -> [PlannedEvent] {
        // Kept for groups only: one more reference would make the first patch copy what it changes.
        let before = events.count > 1 ? Optional.some(self.document) : Optional.none
        var planned: [PlannedEvent] = []
        for event in events {
            do throws(JSONPatchError) {
                try self.document.apply(event.patch)
            } catch {
                // A patch that fails leaves the document alone; those of the group before it are taken back.
                if let before { self.document = before }
                if case .tooDeep = error { throw .unreadable(error) }
                self.faults.append((type: event.type, reason: "\(error)"))
                throw .decisionFailed
            }
            planned.append(self.planned(event, request, effect))
        }
        return planned
    }

    private func planned(_ event: EventContent, _ request: CommandRequest, _ effect: Effect?) -> PlannedEvent {
        PlannedEvent(
            type: event.type, origin: request.origin, live: self.member("live", ifTouchedBy: event.patch),
            viewer: self.member("viewer", ifTouchedBy: event.patch),
            audio: self.member("audio", ifTouchedBy: event.patch), effect: effect)
    }

    private func member(_ name: String, ifTouchedBy patch: JSONPatch) -> JSONValue? {
        guard patch.touches(name) else { return nil }
        return self.document[name] ?? .null
    }

    private mutating func pass(_ content: Item.Content) {
        self.items.append(Item(content: content, restsOnCommit: !self.isEmpty))
    }

    private mutating func sendLive(to origin: ConnectionID?) {
        guard let origin else { return }
        self.pass(.liveForOrigin(origin, self.document["live"] ?? .null))
    }

    private mutating func note(_ request: CommandRequest, answer: JSONValue) {
        guard let id = request.id else { return }
        let entry = CommandWindow.Entry(
            offset: self.nextOffset - 1, time: self.context.now, request: request.contentDigest, answer: answer)
        self.commandPlaces[id] = self.commands.count
        self.commands.append((id: id, entry: entry))
    }

    /// A command's id stands in all its events; what tells it from another one and its answer stand in the last.
    private static func drafts(of decision: Decision, _ request: CommandRequest) throws(CommandError) -> [EventDraft] {
        var drafts: [EventDraft] = []
        for (index, event) in decision.events.enumerated() {
            var data = event.data
            if request.id != nil, index == decision.events.count - 1 {
                CommandRecord(request: request.contentDigest, answer: decision.answer).write(into: &data)
            }
            let draft = EventDraft(
                type: event.type, actor: request.actor.isEmpty ? nil : request.actor, command: request.id,
                data: data.serialized(), patch: event.patch.serialized())
            try self.check(draft)
            drafts.append(draft)
        }
        return drafts
    }

    /// Refuses what a replay could not take: lines that are too long, and patches that nest too deeply.
    ///
    /// A level takes two bytes, so a short patch needs no look.
    private static func check(_ draft: EventDraft) throws(CommandError) {
        let byteCount = draft.data.count + draft.patch.count
        guard byteCount <= self.eventByteCountMax else { throw .tooLarge(byteCount: byteCount) }
        guard draft.patch.count > JSONLimits.stored.depth else { return }
        do throws(JSONSyntaxError) {
            _ = try JSONValue.parse(draft.patch, limits: .stored)
        } catch {
            throw .unreadable(error)
        }
    }
}

extension JSONPatch {
    /// Whether any operation works at, above or below a first-level member of the document.
    func touches(_ member: String) -> Bool {
        self.operations.contains { operation in
            if case .move(let source, _) = operation, source.touches(member) { return true }
            return operation.path.touches(member)
        }
    }
}

extension Command {
    /// Whether it must be resolved with the help of the past before it can be decided.
    var readsHistory: Bool {
        switch self {
        case .restoreRequest, .undoRequest, .redoRequest: true
        default: false
        }
    }
}
