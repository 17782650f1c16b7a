/// One file of a ``SimulatedDisk``: what programs see, what is on disk, and the way from the second to the first.
struct SimulatedNode: Sendable {
    /// A change that isn't synced.
    private enum Change: Sendable {
        case write([UInt8], at: Int)
        case truncate(Int)
    }

    /// What programs see.
    private(set) var content: [UInt8]
    private var durable: [UInt8]
    private var pending: [Change] = []

    /// The pieces of a write that reach the disk or don't.
    private enum Grain {
        /// Aligned, of so many bytes: a sector, or a page.
        case aligned(Int)
        /// Of any length up to so many bytes, wherever they begin.
        case anywhere(Int)

        static func random(_ generator: inout SeededGenerator) -> Grain {
            let grains: [Grain] = [
                .aligned(512), .aligned(512), .aligned(512), .aligned(4096), .anywhere(12), .anywhere(80),
                .anywhere(700),
            ]
            return grains.randomElement(using: &generator) ?? .aligned(512)
        }

        /// Where the piece ends that begins at `position` of the file.
        func end(from position: Int, _ generator: inout SeededGenerator) -> Int {
            switch self {
            case .aligned(let count): (position / count + 1) * count
            case .anywhere(let count): position + Int.random(in: 1...count, using: &generator)
            }
        }
    }

    init(durable: [UInt8]) {
        self.content = durable
        self.durable = durable
    }

    mutating func write(_ bytes: [UInt8], at offset: Int) {
        Self.apply(.write(bytes, at: offset), to: &self.content)
        self.pending.append(.write(bytes, at: offset))
    }

    mutating func truncate(to byteCount: Int) {
        Self.apply(.truncate(byteCount), to: &self.content)
        self.pending.append(.truncate(byteCount))
    }

    /// What is pending goes to disk; what an earlier failed sync forgot does not.
    mutating func sync() {
        for change in self.pending { Self.apply(change, to: &self.durable) }
        self.pending = []
    }

    /// Some sectors go to disk, the others are forgotten, though programs still see them.
    mutating func failSync(_ generator: inout SeededGenerator) {
        self.durable = self.tear(&generator)
        self.pending = []
    }

    func afterPowerLoss(_ generator: inout SeededGenerator) -> SimulatedNode {
        SimulatedNode(durable: self.tear(&generator))
    }

    /// Something isn't synced.
    var hasPending: Bool { !self.pending.isEmpty }

    /// Any of the states that the disk may be in: each unsynced piece there or not, the size of any moment.
    private func tear(_ generator: inout SeededGenerator) -> [UInt8] {
        guard !self.pending.isEmpty else { return self.durable }
        let percent = [0, 50, 50, 90, 100].randomElement(using: &generator) ?? 50
        let grain = Grain.random(&generator)
        let sizes = self.sizes()
        let step = Int.random(in: 0..<sizes.count, using: &generator)
        var size = sizes[step]
        if step > 0, sizes[step] > sizes[step - 1], generator.chance(percent: 50) {
            size = Int.random(in: sizes[step - 1]...sizes[step], using: &generator)
        }
        var disk = self.durable
        for (index, change) in self.pending.enumerated() {
            switch change {
            case .truncate: if index < step { Self.apply(change, to: &disk) }
            case .write(let bytes, let offset):
                Self.writeSome(bytes, at: offset, to: &disk, percent: percent, grain, &generator)
            }
        }
        Self.apply(.truncate(size), to: &disk)
        return disk
    }

    /// The sizes before, between and after the pending changes.
    private func sizes() -> [Int] {
        var size = self.durable.count
        return [size]
            + self.pending.map { change in
                switch change {
                case .truncate(let count): size = count
                case .write(let bytes, let offset): size = max(size, offset + bytes.count)
                }
                return size
            }
    }

    private static func writeSome(
        _ bytes: [UInt8], at offset: Int, to disk: inout [UInt8], percent: Int, _ grain: Grain,
        _ generator: inout SeededGenerator
    ) {
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, grain.end(from: offset + start, &generator) - offset)
            if generator.chance(percent: percent) {
                self.apply(.write(Array(bytes[start..<end]), at: offset + start), to: &disk)
            }
            start = end
        }
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .truncate(let count):
            if count < bytes.count {
                bytes.removeLast(bytes.count - count)
            } else {
                bytes += [UInt8](repeating: 0, count: count - bytes.count)
            }
        case .write(let new, let offset):
            if offset + new.count > bytes.count { self.apply(.truncate(offset + new.count), to: &bytes) }
            bytes.replaceSubrange(offset..<offset + new.count, with: new)
        }
    }
}
