/// Merges a whole scene that a client sends into the present one without losing what others did meanwhile.
///
/// A plain client sends what it saw plus what its user did. What the user did is the difference between `base`, the scene
/// that the page had, and `mine`, the one that it sends; that difference is made to `present`. The rules are those of
/// state-document.md, "Lost updates":
///
/// - by structure, never by array index: objects by member, arrays of objects by `id` or `name` (by occurrence where those
///   repeat), other arrays as one value;
/// - the same leaf changed by both: mine, the last, wins;
/// - a change to something that somebody removed is dropped; what I removed goes, whatever others did to it;
/// - what I added is added, in an array behind the element that it stands behind in mine;
/// - another `id` at the root replaces the whole scene;
/// - values are compared as values, so a client that re-writes numbers or member order changes nothing.
///
/// Parts that only one side changed are that side's value itself, with its member order and number texts, and shared
/// storage stays shared. Cost: one pass over what doesn't share storage.
package enum JSONMerge {
    /// `present` with what turned `base` into `mine`.
    ///
    /// - Returns: `mine` itself where nobody else did anything, `present` itself where mine changed nothing.
    package static func merge(base: JSONValue, mine: JSONValue, present: JSONValue) -> JSONValue {
        if base.isEqualAtOnce(as: present) { return mine }
        guard mine.isObject, present.isObject, mine["id"] == present["id"] else {
            // Another scene, or none on one of the sides: there is nothing to merge member by member.
            return mine == present ? present : mine
        }
        let outcome = self.merged(base, mine, present)
        return outcome.mineChanged ? outcome.value : present
    }

    /// The same, with the likeliest of several bases.
    ///
    /// - Parameter candidates: What the client may have had, newest first; where it is empty, the present scene is taken for
    ///   what it had, so that mine replaces it.
    /// - Returns: The merged scene, and which candidate was taken; `nil` where none was.
    package static func merge(
        candidates: [JSONValue], mine: JSONValue, present: JSONValue
    ) -> (scene: JSONValue, base: Int?) {
        // With another id the base plays no part: don't look for one.
        guard mine["id"] == present["id"], let base = self.indexOfBase(candidates, mine: mine) else {
            return (self.merge(base: present, mine: mine, present: present), nil)
        }
        return (self.merge(base: candidates[base], mine: mine, present: present), base)
    }
}

extension JSONMerge {
    /// What became of one place in the document.
    struct Outcome {
        /// The merged value; `mine` where only mine changed, `present` where only present did.
        var value: JSONValue
        /// Whether mine differs from the base here, as a value.
        var mineChanged: Bool
        /// Whether present differs from the base here, as a value.
        var presentChanged: Bool

        /// Chooses between the two sides, and builds the third way only where both changed.
        init(mine: JSONValue, present: JSONValue, mineChanged: Bool, presentChanged: Bool, both: () -> JSONValue) {
            self.mineChanged = mineChanged
            self.presentChanged = presentChanged
            self.value = !mineChanged ? present : !presentChanged ? mine : both()
        }
    }

    /// Merges one place that all three have.
    static func merged(_ base: JSONValue, _ mine: JSONValue, _ present: JSONValue) -> Outcome {
        if base.isEqualAtOnce(as: present) {
            return Outcome(mine: mine, present: present, mineChanged: base != mine, presentChanged: false) { mine }
        }
        if base.isEqualAtOnce(as: mine) {
            return Outcome(mine: mine, present: present, mineChanged: false, presentChanged: base != present) { mine }
        }
        switch (mine.kind, present.kind) {
        case (.object, .object):
            return self.isSameThing(mine, present)
                ? self.mergedObjects(base, mine, present) : self.mergedThings(base, mine, present)
        case (.array, .array):
            return self.mergedArrays(base, mine, present) ?? self.mergedLeaves(base, mine, present)
        default:
            return self.mergedLeaves(base, mine, present)
        }
    }

    /// Whether two objects don't say that they are different things, by their `id`.
    private static func isSameThing(_ a: JSONValue, _ b: JSONValue) -> Bool {
        guard let id = a["id"], let other = b["id"] else { return true }
        return id == other
    }

    /// Merges a place where two different things stand: who put another one there wins, and a change to the one that was
    /// there is dropped with it.
    private static func mergedThings(_ base: JSONValue, _ mine: JSONValue, _ present: JSONValue) -> Outcome {
        Outcome(mine: mine, present: present, mineChanged: base != mine, presentChanged: base != present) {
            base["id"] == mine["id"] ? present : mine
        }
    }

    /// Merges what has no parts that could be told apart: the last wins.
    private static func mergedLeaves(_ base: JSONValue, _ mine: JSONValue, _ present: JSONValue) -> Outcome {
        Outcome(mine: mine, present: present, mineChanged: base != mine, presentChanged: base != present) {
            mine == present ? present : mine
        }
    }

    /// Merges what both have and the base has not: the parts of both, mine where they meet.
    static func mergedAdditions(_ mine: JSONValue, _ present: JSONValue) -> JSONValue {
        switch (mine.kind, present.kind) {
        case (.object, .object) where self.isSameThing(mine, present):
            self.mergedObjects(.object([]), mine, present).value
        case (.array, .array):
            self.mergedArrays(.array([]), mine, present)?.value ?? mine
        default: mine == present ? present : mine
        }
    }

    private static func mergedObjects(_ base: JSONValue, _ mine: JSONValue, _ present: JSONValue) -> Outcome {
        var merger = MemberMerger(base: base, mine: mine, present: present)
        merger.run()
        return Outcome(
            mine: mine, present: present, mineChanged: merger.mineChanged, presentChanged: merger.presentChanged
        ) {
            JSONValue(object: merger.members)
        }
    }
}

/// Merges the members of three objects; the merged ones stand in present's order, mine's additions behind them.
private struct MemberMerger {
    private let base: MemberIndex
    private let mine: MemberIndex
    private let present: MemberIndex
    private(set) var members: [JSONMember] = []
    private(set) var mineChanged: Bool
    private(set) var presentChanged: Bool

    /// - Parameter base: What isn't an object counts as an empty one that both sides changed.
    init(base: JSONValue, mine: JSONValue, present: JSONValue) {
        self.base = MemberIndex(base)
        self.mine = MemberIndex(mine)
        self.present = MemberIndex(present)
        self.mineChanged = !base.isObject
        self.presentChanged = !base.isObject
    }

    mutating func run() {
        var matchedBaseCount = 0
        self.members.reserveCapacity(self.present.members.count)
        for (position, member) in self.present.members.enumerated() {
            let before = self.base.value(of: member.key, near: position)
            if before != nil { matchedBaseCount += 1 }
            self.merge(member, before: before, mine: self.mine.value(of: member.key, near: position))
        }
        for (position, member) in self.mine.members.enumerated()
        where self.present.value(of: member.key, near: position) == nil {
            let before = self.base.value(of: member.key, near: position)
            if before != nil { matchedBaseCount += 1 }
            self.mergeAbsent(member, before: before)
        }
        guard matchedBaseCount < self.base.members.count else { return }
        // Both removed the rest.
        self.mineChanged = true
        self.presentChanged = true
    }

    private mutating func merge(_ member: JSONMember, before: JSONValue?, mine: JSONValue?) {
        switch (before, mine) {
        case (let before?, let mine?):
            let outcome = JSONMerge.merged(before, mine, member.value)
            self.mineChanged = self.mineChanged || outcome.mineChanged
            self.presentChanged = self.presentChanged || outcome.presentChanged
            self.members.append(JSONMember(key: member.key, value: outcome.value))
        case (nil, let mine?):
            self.mineChanged = true
            self.presentChanged = true
            self.members.append(
                JSONMember(key: member.key, value: JSONMerge.mergedAdditions(mine, member.value)))
        case (let before?, nil):
            self.mineChanged = true
            self.presentChanged = self.presentChanged || before != member.value
        case (nil, nil):
            self.presentChanged = true
            self.members.append(member)
        }
    }

    /// A member that mine has and present has not: an addition, or something that somebody removed.
    private mutating func mergeAbsent(_ member: JSONMember, before: JSONValue?) {
        guard let before else {
            self.mineChanged = true
            self.members.append(member)
            return
        }
        self.presentChanged = true
        self.mineChanged = self.mineChanged || before != member.value
    }
}
