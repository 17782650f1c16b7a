import JSONDocument

/// Which event changed each part of the document last: what `ifOffset` is checked against.
///
/// Parts are the document's second level (`/scenes/5f2c…`, `/live/name`): a change deeper down is a change of its part.
/// An event that replaces a first-level member (`/live`) or the whole document changes everything below it. Removed parts
/// stay listed, since 'it was removed after you looked' is a conflict too; beyond a cap the oldest are forgotten and
/// count as changed by the youngest of them, which may refuse a command too many and never lets one through.
package struct ChangeIndex: Sendable, Equatable {
    /// What is known of one first-level member.
    private struct Member: Equatable {
        /// The newest event that replaced the member as a whole.
        var whole: Int64 = -1
        /// The newest event that changed anything at or below it.
        var newest: Int64 = -1
        var parts: [String: Int64] = [:]

        /// - Returns: How many parts were not listed before.
        mutating func set(_ part: String, _ offset: Int64) -> Int {
            self.newest = max(self.newest, offset)
            return self.parts.updateValue(offset, forKey: part) == nil ? 1 : 0
        }

        /// - Returns: How many parts were not listed before.
        mutating func merge(_ later: Member) -> Int {
            self.whole = max(self.whole, later.whole)
            self.newest = max(self.newest, later.newest)
            return later.parts.reduce(0) { $0 + self.set($1.key, $1.value) }
        }
    }

    private var members: [String: Member] = [:]
    /// The newest event that replaced the whole document.
    private var root: Int64 = -1
    /// The newest event of all.
    private var newest: Int64 = -1
    /// What is not listed was changed at this offset or before.
    private var floor: Int64
    private var partCount = 0
    private let partCountMax: Int

    /// - Parameters:
    ///   - floor: The offset that the document started from: −1, or a fork's.
    ///   - partCountMax: How many parts are remembered one by one.
    package init(floor: Int64 = -1, partCountMax: Int = 200_000) {
        self.floor = floor
        self.partCountMax = max(2, partCountMax)
    }

    /// The newest event that changed what `pointer` names, anything below it, or something that holds it.
    package func newestChange(at pointer: JSONPointer) -> Int64 {
        let tokens = pointer.tokens
        guard let first = tokens.first else { return max(self.newest, self.floor) }
        let above = max(self.root, self.floor)
        guard let member = self.members[first] else { return above }
        guard tokens.count > 1 else { return max(above, member.newest) }
        return max(above, member.whole, member.parts[tokens[1]] ?? -1)
    }

    /// Notes that the event at `offset`, newer than all before, applied `patch`.
    package mutating func record(_ patch: JSONPatch, at offset: Int64) {
        for operation in patch.operations {
            self.record(operation.path, at: offset)
            if case .move(let source, _) = operation { self.record(source, at: offset) }
        }
    }

    /// Takes over everything that `later`, an index of newer events only, has noted.
    package mutating func merge(_ later: ChangeIndex) {
        self.root = max(self.root, later.root)
        self.newest = max(self.newest, later.newest)
        for (name, member) in later.members {
            self.partCount += self.members[name, default: Member()].merge(member)
        }
        self.forgetOldest()
    }

    /// Notes that the event at `offset`, newer than all before, changed what `pointer` names.
    mutating func record(_ pointer: JSONPointer, at offset: Int64) {
        defer { self.forgetOldest() }
        self.newest = offset
        let (name, part) = pointer.firstTokens
        guard let name else {
            self.root = offset
            return
        }
        if let part {
            self.partCount += self.members[name, default: Member()].set(part, offset)
        } else {
            self.members[name, default: Member()].whole = offset
            self.members[name, default: Member()].newest = offset
        }
    }

    /// Beyond the cap, forgets the older half; sorting them is paid for by the many events in between.
    private mutating func forgetOldest() {
        guard self.partCount > self.partCountMax else { return }
        let offsets = self.members.values.flatMap(\.parts.values).sorted()
        let limit = offsets[offsets.count / 2]
        self.floor = max(self.floor, limit)
        self.members = self.members.mapValues { member in
            var member = member
            member.parts = member.parts.filter { $0.value > limit }
            return member
        }
        self.partCount = self.members.values.reduce(0) { $0 + $1.parts.count }
    }
}

/// Kept in snapshots as `changed`: {"<pointer>": <offset>, …, "floor": <offset>}. A pointer is empty or begins with a slash.
extension ChangeIndex {
    private static let floorKey = "floor"

    /// The snapshot's form.
    package var jsonValue: JSONValue {
        var listed: [(key: String, value: JSONValue)] = [(key: Self.floorKey, value: .number(Int(self.floor)))]
        func list(_ tokens: [String], _ offset: Int64) {
            guard offset >= 0 else { return }
            listed.append((key: JSONPointer(tokens: tokens).text, value: .number(Int(offset))))
        }
        list([], self.root)
        for (name, member) in self.members.sorted(by: { $0.key < $1.key }) {
            list([name], member.whole)
            for (part, offset) in member.parts.sorted(by: { $0.key < $1.key }) { list([name, part], offset) }
        }
        return .object(listed)
    }

    /// Reads the snapshot's form; `nil` if it is none.
    package init?(_ json: JSONValue, partCountMax: Int = 200_000) {
        guard let listed = json.members, let floor = json[Self.floorKey]?.intValue else { return nil }
        self.init(floor: Int64(floor), partCountMax: partCountMax)
        for (key, value) in listed where key != Self.floorKey {
            guard let offset = value.intValue, let pointer = try? JSONPointer(key) else { return nil }
            let newest = self.newest
            self.record(pointer, at: Int64(offset))
            // The list is in the order of names, not of time.
            self.newest = max(newest, Int64(offset))
        }
    }
}
