import JSONDocument

/// What a restore, undo or redo would do.
package struct HistoryRehearsal: Sendable {
    /// The newest event when it was tried.
    package let offset: Int64
    /// What it would come to.
    package let decision: Decision
    /// What it would change, as a request's `ifChange` takes it; nil where nobody needs that.
    package let change: String?

    package init(offset: Int64, decision: Decision, change: String? = nil) {
        self.offset = offset
        self.decision = decision
        self.change = change
    }

    /// What it would change, as one patch.
    package var patch: JSONPatch { JSONPatch(decision.events.flatMap(\.patch.operations)) }

    /// `{"offset","type","data","patch","change"?,"with"?}`: the event that it would be, and the offset that it was tried at.
    package var answer: JSONValue {
        var answer: JSONValue = ["offset": .number(Int(offset))]
        if let event = decision.events.first {
            answer.setMember("type", to: .string(event.type))
            answer.setMember("data", to: event.data)
        }
        answer.setMember("patch", to: patch.jsonValue)
        if let change { answer.setMember("change", to: .string(change)) }
        if let also = decision.answer["with"] { answer.setMember("with", to: also) }
        return answer
    }
}

extension Command {
    /// Whether it only asks what would be.
    var isDryRun: Bool {
        switch self {
        case .restoreRequest(let request): request.isDryRun
        case .undoRequest(let request), .redoRequest(let request): request.isDryRun
        default: false
        }
    }
}
