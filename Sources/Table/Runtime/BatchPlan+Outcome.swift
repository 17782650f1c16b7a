import Journal

/// What became of a batch's events.
enum WriteOutcome {
    /// There were none.
    case nothingToWrite
    /// They are on disk, synced.
    case written(AppendedEvents)
    /// They are not, or nobody knows; what is told to those who waited.
    case failed(CommandError)
}

extension BatchPlan {
    /// The items for the sinks: the events with their lines, or what is left without them if they were not written.
    ///
    /// A journaled effect that couldn't be written is still passed on.
    func items(_ outcome: WriteOutcome) -> [BatchItem] {
        var place = 0
        return self.items.compactMap { item in
            switch (item.content, outcome) {
            case (.event(let event), .written(let appended)):
                defer { place += 1 }
                return .event(event.committed(as: place, of: appended))
            case (.event(let event), _): return event.effect.map(BatchItem.effect)
            case (_, .failed) where item.restsOnCommit: return nil
            case (.effect(let effect), _): return .effect(effect)
            case (.liveForOrigin(let origin, let scene), _): return .liveForOrigin(origin, scene)
            }
        }
    }
}

extension BatchPlan.PlannedEvent {
    /// - Parameter place: The event's place among the batch's events; the journal made one line of each, in order.
    fileprivate func committed(as place: Int, of appended: AppendedEvents) -> CommittedEvent {
        CommittedEvent(
            offset: appended.firstOffset + Int64(place), time: appended.time, type: self.type,
            line: appended.lines[place], origin: self.origin, chain: appended.chains[place], live: self.live,
            viewer: self.viewer, audio: self.audio, effect: self.effect)
    }
}

extension BatchPlan.Reply {
    /// The answer to give: one that rests on events which could not be written is not true.
    func result(_ outcome: WriteOutcome) -> Result<CommandOutcome, CommandError> {
        if case .failed(let error) = outcome, self.restsOnCommit { return .failure(error) }
        return self.result
    }
}
