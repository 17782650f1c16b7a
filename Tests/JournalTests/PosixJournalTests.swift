import CLinuxFiles
import Foundation
import Glibc
import Journal
import Synchronization
import TestSupport
import Testing

/// The same journal on a real disk, and in the hands of the tools that must be able to read it.
@Suite("Journal on a real disk")
struct PosixJournalTests {
    private static let lz4 = ["/usr/bin/lz4", "/usr/local/bin/lz4"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Runs a test in a folder of its own, removed afterwards.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path + "/default")
    }

    private func open(_ folder: String, options: JournalOptions = JournalOptions()) throws -> JournalWriter {
        try JournalWriter.open(
            folder: folder, fileSystem: PosixFileSystem(), clock: ManualClock().clock,
            identity: { JournalFixture.uuid }, options: options)
    }

    private func read(_ folder: String) throws -> [String] {
        var cursor = try JournalReader(folder: folder, fileSystem: PosixFileSystem()).cursor(from: 0)
        return try readAll(&cursor)
    }

    /// What `lz4` prints, and how it ends.
    private func decompress(_ arguments: [String]) throws -> (status: Int32, output: [UInt8]) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.lz4))
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, Array(bytes))
    }

    /// Small commits, groups and a large one, over several segments; the lines, each with its line feed.
    private func fill(_ writer: JournalWriter) throws -> [UInt8] {
        var text: [UInt8] = []
        for index in 0..<150 {
            let changes =
                index == 70
                ? [(0..<4).map { noisyDraft($0, byteCount: 90_000) }]
                : [[draft(index)], [noisyDraft(index, byteCount: 100), draft(index)]]
            for line in try writer.commit(changes).lines { text += line + [0x0A] }
        }
        return text
    }

    @Test func `a lock is that of the file in its place, however often another takes it`() throws {
        try self.inFolder { folder in
            let disk = PosixFileSystem()
            try disk.makeFolders(folder)
            let path = folder + "/lock"
            let holders = Atomic(0)
            let wrong = Atomic(0)
            let done = Atomic(0)
            DispatchQueue.concurrentPerform(iterations: 4) { worker in
                // Each holder puts another file into the lock's place, as a repair does with the whole folder.
                for round in 0..<4000 {
                    guard let lock = try? disk.lock(path, note: "\(worker)") else { continue }
                    if holders.add(1, ordering: .sequentiallyConsistent).newValue > 1 {
                        wrong.add(1, ordering: .relaxed)
                    }
                    let next = "\(path)-\(worker)-\(round)"
                    let isMade = (try? disk.open(next, .createNew)) != nil
                    holders.subtract(1, ordering: .sequentiallyConsistent)
                    if isMade, (try? disk.rename(next, to: path)) != nil { done.add(1, ordering: .relaxed) }
                    lock.unlock()
                }
            }
            #expect(wrong.load(ordering: .relaxed) == 0)
            #expect(done.load(ordering: .relaxed) > 1000)
        }
    }

    /// A file's own call has no answer to look at, so that a wrong constant or order of arguments would never show.
    @Test func `the kernel takes the call that starts to write out`() throws {
        try self.inFolder { folder in
            let disk = PosixFileSystem()
            try disk.makeFolders(folder)
            let path = folder + "/large"
            let file = try disk.open(path, .createNew)
            try file.writeAll([UInt8](repeating: 7, count: 1 << 20))
            file.startWriteOut(from: 0, count: 1 << 20)
            #expect(try file.size() == 1 << 20)

            let descriptor = Glibc.open(path, O_RDWR)
            defer { Glibc.close(descriptor) }
            let isTaken = sync_file_range(descriptor, 0, 1 << 20, UInt32(SYNC_FILE_RANGE_WRITE_FLAG)) == 0
            #expect(isTaken || errno == ENOSYS, "\(String(cString: strerror(errno)))")
            #expect(sync_file_range(descriptor, -1, 1, UInt32(SYNC_FILE_RANGE_WRITE_FLAG)) == -1)
        }
    }

    @Test func `a journal is read back after a restart, and its lock is held meanwhile`() throws {
        try self.inFolder { folder in
            let writer = try self.open(folder)
            let text = try self.fill(writer)
            let error = #expect(throws: JournalError.self) { try self.open(folder) }
            #expect(error == .locked(path: folder + "/lock", holder: String(ProcessInfo.processInfo.processIdentifier)))
            try writer.close()
            let again = try self.open(folder)
            #expect(again.recovery == nil && again.chain == writer.chain)
            #expect(Array(try self.read(folder).joined(separator: "\n").utf8) + [0x0A] == text)
            try again.close()
        }
    }

    @Test func `a torn tail on a real disk is cut off and kept`() throws {
        try self.inFolder { folder in
            let writer = try self.open(folder)
            for index in 0..<10 { _ = try writer.commit([[draft(index)]]) }
            try writer.close()
            let path = folder + "/" + JournalFolder.segmentName(base: 0)
            let file = try PosixFileSystem().open(path, .readWrite)
            let size = try file.size()
            _ = try file.write(([9, 9, 9, 9, 9] as [UInt8]).span.bytes, at: size)
            let again = try self.open(folder)
            #expect(again.recovery?.byteCount == 5)
            #expect(try file.size() == size)
            #expect(try self.read(folder).count == 10)
            #expect(FileManager.default.fileExists(atPath: folder + "/" + (again.recovery?.savedAs ?? "?")))
        }
    }

    @Test(.enabled(if: lz4 != nil)) func `lz4 -dc reads a journal at rest, byte for byte`() throws {
        try self.inFolder { folder in
            let options = JournalOptions(frameByteCount: 5000, segmentByteCount: 60_000)
            let writer = try self.open(folder, options: options)
            var text = try self.fill(writer)
            try writer.close()
            let again = try self.open(folder, options: options)
            text += try self.fill(again)
            try again.close()
            let segments = try JournalReader(folder: folder, fileSystem: PosixFileSystem()).segments()
            #expect(segments.count > 2)
            let result = try self.decompress(["-dcm"] + segments.map(\.path))
            #expect(result.status == 0)
            #expect(result.output == text)
        }
    }

    @Test(.enabled(if: lz4 != nil)) func `lz4 -dc prints all of an open frame`() throws {
        try self.inFolder { folder in
            let writer = try self.open(folder)
            let text = try self.fill(writer)
            let path = folder + "/" + JournalFolder.segmentName(base: 0)
            #expect(try self.decompress(["-dc", path]).output == text)
        }
    }

    @Test(.enabled(if: lz4 != nil)) func `lz4 -dc reads a journal that met a full disk`() throws {
        let fixture = JournalFixture()
        let writer = try fixture.open()
        var text: [UInt8] = []
        for index in 0..<60 {
            if index % 4 == 3 { fixture.disk.shortenWrite(to: index, skipping: index % 8 == 3 ? 0 : 1) }
            if case .done(let events) = attempt(writer, [[draft(index)]]) {
                for line in events.lines { text += line + [0x0A] }
            }
        }
        try writer.close()
        try self.inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = folder + "/journal.lz4"
            try Data(try fixture.segmentBytes()).write(to: URL(fileURLWithPath: path))
            let result = try self.decompress(["-dc", path])
            #expect(result.status == 0 && result.output == text)
        }
    }

    @Test(.enabled(if: lz4 != nil)) func `lz4 -dc reads a snapshot`() throws {
        try self.inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let store = SnapshotStore(folder: folder, fileSystem: PosixFileSystem())
            let document = #"{"live":null}"#
            try store.write(
                SnapshotFile(
                    journal: JournalFixture.uuid, offset: 3, chain: "c", digest: "d", document: Array(document.utf8)))
            let path = folder + "/snapshots/" + JournalFolder.snapshotName(offset: 3)
            let result = try self.decompress(["-dc", path])
            #expect(
                String(decoding: result.output, as: UTF8.self)
                    == #"{"journal":"\#(JournalFixture.uuid)","offset":3,"chain":"c","digest":"d","#
                    + #""document":{"live":null},"commands":[],"changed":{}}"# + "\n")
        }
    }

    @Test func `an operator may name the parent or the table's folder`() throws {
        try self.inFolder { folder in
            let parent = parentFolder(of: folder)
            let disk = PosixFileSystem()
            #expect(try JournalFolder.resolve(parent, fileSystem: disk) == folder)
            #expect(try JournalFolder.resolve(folder + "/", fileSystem: disk) == folder)
            try self.open(parent + "/fork").close()
            #expect(try JournalFolder.resolve(parent + "/fork", fileSystem: disk) == parent + "/fork")
            #expect(try JournalFolder.resolve(parent + "/new", fileSystem: disk) == parent + "/new/default")
        }
    }

    @Test func `errors of the disk name call and file`() throws {
        try self.inFolder { folder in
            let disk = PosixFileSystem()
            let error = #expect(throws: FileError.self) { try disk.open(folder + "/x", .read) }
            #expect(error?.isMissing == true)
            #expect(error?.description == "open \(folder)/x: No such file or directory (errno 2)")
            try disk.makeFolders(folder + "/a/b")
            #expect(try disk.list(folder) == ["a"])
            let file = try disk.open(folder + "/a/f", .createNew)
            let again = #expect(throws: FileError.self) { try disk.open(folder + "/a/f", .createNew) }
            #expect(again?.isThereAlready == true)
            file.close()
            #expect(throws: FileError.self) { try file.size() }
        }
    }
}
