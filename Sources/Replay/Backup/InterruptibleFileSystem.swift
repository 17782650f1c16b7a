import Glibc
import Journal
import Synchronization

/// A disk whose files refuse to go on once somebody wants to stop: long work over it ends soon, and cleans up as after any failure.
///
/// What removes, lists and renames goes on working, as that is what cleaning up needs.
package struct InterruptibleFileSystem: FileSystem {
    /// Says when to stop; safe from every thread.
    package final class Switch: Sendable {
        private let isOff = Atomic(false)

        /// On.
        package init() {}

        /// Nothing goes on from here.
        package func interrupt() { isOff.store(true, ordering: .relaxed) }

        /// Whether somebody wanted to stop.
        package var isInterrupted: Bool { isOff.load(ordering: .relaxed) }

        fileprivate func check(_ operation: FileError.Operation, _ path: String) throws(FileError) {
            if isInterrupted { throw FileError(operation: operation, path: path, code: ECANCELED) }
        }
    }

    private let base: any FileSystem
    private let gate: Switch

    /// A disk over another one.
    package init(over base: any FileSystem, gate: Switch) {
        self.base = base
        self.gate = gate
    }

    package func open(_ path: String, _ mode: FileOpenMode) throws(FileError) -> any OpenFile {
        try gate.check(.open, path)
        return InterruptibleFile(base: try base.open(path, mode), gate: gate)
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) { try base.rename(path, to: newPath) }

    package func remove(_ path: String) throws(FileError) { try base.remove(path) }

    package func status(_ path: String) throws(FileError) -> FileStatus? { try base.status(path) }
    package func modificationTime(_ path: String) throws(FileError) -> Int64? { try base.modificationTime(path) }

    package func list(_ folder: String) throws(FileError) -> [String] { try base.list(folder) }

    package func makeFolders(_ folder: String) throws(FileError) { try base.makeFolders(folder) }

    package func syncFolder(_ folder: String) throws(FileError) { try base.syncFolder(folder) }

    package func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        try base.lock(path, note: note)
    }

    private final class InterruptibleFile: OpenFile {
        private let base: any OpenFile
        private let gate: Switch

        init(base: any OpenFile, gate: Switch) {
            self.base = base
            self.gate = gate
        }

        var path: String { base.path }

        func size() throws(FileError) -> Int64 { try base.size() }

        func read(at offset: Int64, upTo count: Int) throws(FileError) -> [UInt8] {
            try gate.check(.read, path)
            return try base.read(at: offset, upTo: count)
        }

        func write(_ bytes: RawSpan, at offset: Int64) throws(FileError) -> Int {
            try gate.check(.write, path)
            return try base.write(bytes, at: offset)
        }

        func isInPlace() throws(FileError) -> Bool { try base.isInPlace() }

        func truncate(to byteCount: Int64) throws(FileError) { try base.truncate(to: byteCount) }

        func startWriteOut(from offset: Int64, count: Int) { base.startWriteOut(from: offset, count: count) }

        func syncData() throws(FileError) { try base.syncData() }

        func sync() throws(FileError) { try base.sync() }

        func close() { base.close() }
    }
}
