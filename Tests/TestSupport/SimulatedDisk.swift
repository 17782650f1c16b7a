import Glibc
import Journal

/// The state of a ``SimulatedFileSystem``: files, names, and what of both is on disk.
struct SimulatedDisk: Sendable {
    /// A call that will fail.
    struct Failure: Sendable {
        let operation: FileError.Operation
        let code: Int32
        var skipping: Int
    }

    /// A write that will be short.
    struct ShortWrite: Sendable {
        let byteCount: Int
        var skipping: Int
    }

    /// A change of one folder's names.
    private enum NameChange: Sendable {
        case link(String, Int)
        case unlink(String)
    }

    private(set) var names: [String: Int] = [:]
    private var durableNames: [String: Int] = [:]
    private var pendingNames: [String: [NameChange]] = [:]
    private var folders: Set<String> = ["", "/", "."]
    private var nodes: [Int: SimulatedNode] = [:]
    private var locks: [String: String] = [:]

    var capacity: Int?
    var failures: [Failure] = []
    var shortWrites: [ShortWrite] = []
    var changesUntilOff: Int?
    private(set) var isOff = false
    private(set) var changeCount = 0
    private(set) var offAt: (operation: FileError.Operation, path: String)?
    private(set) var faultCounts: [SimulatedFault: Int] = [:]

    // MARK: Power

    func afterPowerLoss(_ generator: inout SeededGenerator) -> SimulatedDisk {
        var disk = SimulatedDisk()
        disk.folders = self.folders
        disk.durableNames = self.durableNames
        for (_, changes) in self.pendingNames.sorted(by: { $0.key < $1.key }) {
            let kept = Int.random(in: 0...changes.count, using: &generator)
            for change in changes.prefix(kept) { Self.apply(change, to: &disk.durableNames) }
            if kept < changes.count { disk.count(.lostName) }
        }
        disk.names = disk.durableNames
        for (id, node) in self.nodes.sorted(by: { $0.key < $1.key }) {
            let torn = node.afterPowerLoss(&generator)
            if node.hasPending, torn.content != node.content { disk.count(.tornFile) }
            disk.nodes[id] = torn
        }
        return disk
    }

    func afterKill() -> SimulatedDisk {
        var disk = self
        disk.locks = [:]
        disk.failures = []
        disk.shortWrites = []
        disk.capacity = nil
        disk.changesUntilOff = nil
        disk.isOff = false
        disk.offAt = nil
        disk.faultCounts = [:]
        return disk
    }

    // MARK: Tampering

    func content(of path: String) -> [UInt8]? { self.names[path].flatMap { self.nodes[$0]?.content } }

    mutating func put(_ bytes: [UInt8], at path: String) {
        let id = self.newNode(SimulatedNode(durable: bytes))
        self.names[path] = id
        self.durableNames[path] = id
    }

    /// Bytes of all files.
    var usedByteCount: Int { self.nodes.values.reduce(0) { $0 + $1.content.count } }

    mutating func erase(_ path: String) {
        self.names[path] = nil
        self.durableNames[path] = nil
    }

    // MARK: Calls

    mutating func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> Int {
        switch (mode, self.names[path]) {
        case (.read, let id?), (.readWrite, let id?):
            try self.check(.open, path)
            return id
        case (.read, nil), (.readWrite, nil): throw FileError(operation: .open, path: path, code: ENOENT)
        case (.createNew, .some): throw FileError(operation: .open, path: path, code: EEXIST)
        case (.replace, let id?):
            try self.noteChange(.open, path)
            self.nodes[id]?.truncate(to: 0)
            return id
        case (.createNew, nil), (.replace, nil):
            guard self.folders.contains(parentFolder(of: path)) else {
                throw FileError(operation: .open, path: path, code: ENOENT)
            }
            try self.noteChange(.open, path)
            let id = self.newNode(SimulatedNode(durable: []))
            self.change(.link(path, id))
            return id
        }
    }

    mutating func rename(_ path: String, _ newPath: String) throws(FileError) {
        try self.noteChange(.rename, path)
        guard let id = self.names[path] else { throw FileError(operation: .rename, path: path, code: ENOENT) }
        self.change(.link(newPath, id))
        self.change(.unlink(path))
    }

    mutating func remove(_ path: String) throws(FileError) {
        try self.noteChange(.remove, path)
        guard self.names[path] != nil else { throw FileError(operation: .remove, path: path, code: ENOENT) }
        self.change(.unlink(path))
    }

    mutating func status(_ path: String) throws(FileError) -> FileStatus? {
        try self.check(.status, path)
        if self.folders.contains(path) { return FileStatus(isFolder: true, byteCount: 0) }
        return self.content(of: path).map { FileStatus(isFolder: false, byteCount: Int64($0.count)) }
    }

    mutating func list(_ folder: String) throws(FileError) -> [String] {
        try self.check(.list, folder)
        guard self.folders.contains(folder) else { throw FileError(operation: .list, path: folder, code: ENOENT) }
        let all = Array(self.names.keys) + self.folders.filter { $0 != folder }
        return all.filter { parentFolder(of: $0) == folder && $0.contains("/") }.map(lastPathComponent(of:)).sorted()
    }

    mutating func makeFolders(_ folder: String) throws(FileError) {
        guard !self.folders.contains(folder) else { return }
        try self.noteChange(.makeFolder, folder)
        var path = folder
        while !self.folders.contains(path) {
            self.folders.insert(path)
            path = parentFolder(of: path)
        }
    }

    mutating func syncFolder(_ folder: String) throws(FileError) {
        try self.noteChange(.syncFolder, folder)
        for change in self.pendingNames.removeValue(forKey: folder) ?? [] {
            Self.apply(change, to: &self.durableNames)
        }
    }

    mutating func lock(_ path: String, note: String) throws(FileError) {
        try self.check(.lock, path)
        if let holder = self.locks[path] {
            throw FileError(operation: .lock, path: path, code: EWOULDBLOCK, lockHolder: holder)
        }
        self.locks[path] = note
    }

    mutating func unlock(_ path: String) { self.locks[path] = nil }

    mutating func size(of node: Int, _ path: String) throws(FileError) -> Int64 {
        try self.check(.status, path)
        return Int64(self.nodes[node]?.content.count ?? 0)
    }

    mutating func read(_ node: Int, _ path: String, at offset: Int, upTo count: Int) throws(FileError) -> [UInt8] {
        try self.check(.read, path)
        guard let content = self.nodes[node]?.content, offset < content.count else { return [] }
        return Array(content[offset..<min(content.count, offset + count)])
    }

    mutating func write(_ bytes: [UInt8], to node: Int, _ path: String, at offset: Int) throws(FileError) -> Int {
        try self.noteChange(.write, path)
        var taken = bytes.count
        if let index = self.shortWrites.indices.first {
            if self.shortWrites[index].skipping == 0 {
                taken = min(taken, self.shortWrites.remove(at: index).byteCount)
                if taken < bytes.count { self.count(.shortWrite) }
            } else {
                self.shortWrites[index].skipping -= 1
            }
        }
        if let capacity {
            let growth = max(0, offset + taken - (self.nodes[node]?.content.count ?? 0))
            let missing = max(0, min(growth, self.usedByteCount + growth - capacity))
            if missing > 0 { self.count(.fullDisk) }
            taken -= missing
            guard taken > 0 || bytes.isEmpty else { throw FileError(operation: .write, path: path, code: ENOSPC) }
        }
        self.nodes[node]?.write(Array(bytes.prefix(taken)), at: offset)
        return taken
    }

    mutating func truncate(_ node: Int, _ path: String, to byteCount: Int) throws(FileError) {
        try self.noteChange(.truncate, path)
        let growth = byteCount - (self.nodes[node]?.content.count ?? 0)
        if let capacity, growth > 0, self.usedByteCount + growth > capacity {
            self.count(.fullDisk)
            throw FileError(operation: .truncate, path: path, code: ENOSPC)
        }
        self.nodes[node]?.truncate(to: byteCount)
    }

    mutating func sync(_ node: Int, _ path: String) throws(FileError) {
        do throws(FileError) {
            try self.noteChange(.sync, path)
        } catch {
            if !self.isOff {
                var generator = SeededGenerator(seed: UInt64(self.changeCount))
                self.nodes[node]?.failSync(&generator)
            }
            throw error
        }
        self.nodes[node]?.sync()
    }

    // MARK: Shared

    private mutating func count(_ fault: SimulatedFault) { self.faultCounts[fault, default: 0] += 1 }

    private mutating func newNode(_ node: SimulatedNode) -> Int {
        let id = (self.nodes.keys.max() ?? 0) + 1
        self.nodes[id] = node
        return id
    }

    private mutating func change(_ change: NameChange) {
        Self.apply(change, to: &self.names)
        let path =
            switch change {
            case .link(let path, _), .unlink(let path): path
            }
        self.pendingNames[parentFolder(of: path), default: []].append(change)
    }

    private static func apply(_ change: NameChange, to names: inout [String: Int]) {
        switch change {
        case .link(let path, let id): names[path] = id
        case .unlink(let path): names[path] = nil
        }
    }

    /// Counts a change, switches off when it is time, and lets it fail where that was asked for.
    private mutating func noteChange(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        if let left = self.changesUntilOff {
            if left <= 0, !self.isOff {
                self.isOff = true
                self.offAt = (operation, path)
            }
            self.changesUntilOff = left - 1
        }
        try self.check(operation, path)
        self.changeCount += 1
    }

    private mutating func check(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        guard !self.isOff else { throw FileError(operation: operation, path: path, code: EIO) }
        guard let index = self.failures.firstIndex(where: { $0.operation == operation }) else { return }
        if self.failures[index].skipping > 0 {
            self.failures[index].skipping -= 1
        } else {
            let failure = self.failures.remove(at: index)
            self.count(SimulatedFault(operation, code: failure.code))
            throw FileError(operation: operation, path: path, code: failure.code)
        }
    }
}
