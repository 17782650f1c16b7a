import Crypto
import Glibc
import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("BlobStore")
struct BlobStoreTests {
    private let disk = SimulatedFileSystem()

    private func store(_ disk: any FileSystem) throws -> BlobStore {
        try disk.makeFolders("/t")
        let generator = TableFixture()
        return BlobStore(
            folder: "/t", fileSystem: disk, makeUUID: generator.configuration(self.disk).makeUUID)
    }

    private func content(_ byteCount: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    private func upload(_ bytes: [UInt8], to store: BlobStore, by chunk: Int = 1000) throws -> String {
        let upload = try store.makeUpload()
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try upload.append(Array(bytes[start..<min(bytes.count, start + chunk)]))
        }
        return try upload.finish().sha256
    }

    @Test(arguments: [0, 1, 999, 1000, 5001])
    func aBlobIsNamedByItsContent(byteCount: Int) throws {
        let store = try self.store(self.disk)
        let bytes = self.content(byteCount, seed: 3)
        let upload = try store.makeUpload()
        for byte in stride(from: 0, to: byteCount, by: 777) {
            try upload.append(Array(bytes[byte..<min(byteCount, byte + 777)]))
        }
        #expect(upload.size == byteCount)
        let (sha256, size) = try upload.finish()
        #expect(sha256 == hexString(SHA256.hash(data: bytes)))
        #expect(size == byteCount)
        #expect(try store.contains(sha256))
        #expect(try store.size(of: sha256) == Int64(byteCount))
        #expect(try store.open(sha256).readAll() == bytes)
        #expect(store.path(sha256) == "/t/blobs/sha256/\(sha256.prefix(2))/\(sha256)")
    }

    @Test func aLargeBlobGoesToDiskWhileMoreOfItArrives() throws {
        let disk = CountingFileSystem(self.disk)
        let store = try self.store(disk)
        let upload = try store.makeUpload()
        // Pieces end anywhere, as what arrives does; what goes to disk early ends with a page.
        let piece = [UInt8](repeating: 7, count: (1 << 20) + 333)
        for count in 1...9 {
            try upload.append(piece)
            #expect(disk.writtenOutByteCount(suffix: ".tmp") == count / 4 * (4 << 20), "by fours")
        }
        // What is left is the sync's.
        let sha256 = try upload.finish().sha256
        #expect(disk.writtenOutByteCount(suffix: "") == 8 << 20)
        #expect(try store.size(of: sha256) == Int64(9 * piece.count))
    }

    @Test(arguments: UInt64(0)..<10)
    func aFinishedBlobSurvivesPowerLoss(seed: UInt64) throws {
        let store = try self.store(self.disk)
        let bytes = self.content(4000, seed: seed)
        let sha256 = try self.upload(bytes, to: store)
        let after = try self.store(self.disk.crash(seed: seed))
        #expect(try after.open(sha256).readAll() == bytes, "seed \(seed)")
    }

    @Test(arguments: UInt64(0)..<10)
    func aBlobThatWasThereAlreadyIsSyncedToo(seed: UInt64) throws {
        let bytes = self.content(4000, seed: seed)
        let sha256 = hexString(SHA256.hash(data: bytes))
        // Somebody wrote it and never synced.
        let path = try self.store(self.disk).path(sha256)
        try self.disk.makeFolders(parentFolder(of: path))
        try self.disk.open(path, .createNew).writeAll(bytes)
        let store = try self.store(self.disk)
        #expect(try self.upload(bytes, to: store) == sha256)
        let after = try self.store(self.disk.crash(seed: seed))
        #expect(try after.open(sha256).readAll() == bytes, "seed \(seed)")
    }

    @Test
    func whatOnlyAnArchiveHasIsFoundThere() throws {
        let store = try self.store(self.disk)
        let archived = self.content(100, seed: 1)
        let sha256 = hexString(SHA256.hash(data: archived))
        let there = "/old/blobs/sha256/\(sha256.prefix(2))/\(sha256)"
        self.disk.put(archived, at: there)
        let both = BlobStore(folder: "/t", archives: ["/older", "/old"], fileSystem: self.disk, makeUUID: { "" })
        #expect(try both.location(of: sha256) == there)
        #expect(try both.open(sha256).readAll() == archived)
        #expect(both.path(sha256) == store.path(sha256))
        #expect(try !store.contains(sha256))
        let own = try self.upload(archived, to: store)
        #expect(try both.location(of: own) == store.path(sha256))
    }

    /// An archive that couldn't be looked at was taken for one that has nothing, and the blob for missing.
    @Test(arguments: 0...2)
    func aFolderThatCannotBeLookedAtIsNotTakenForAnEmptyOne(skipping: Int) throws {
        _ = try self.store(self.disk)
        let both = BlobStore(folder: "/t", archives: ["/older", "/old"], fileSystem: self.disk, makeUUID: { "" })
        self.disk.fail(.status, code: EIO, skipping: skipping)
        let error = #expect(throws: FileError.self) { try both.contains(String(repeating: "a", count: 64)) }
        #expect(error?.code == EIO)
    }

    @Test
    func leftoversOfUploadsAreRemovedAtTheStart() throws {
        let store = try self.store(self.disk)
        let kept = try self.upload([1, 2, 3], to: store)
        let interrupted = try store.makeUpload()
        try interrupted.append([1, 2])
        #expect(self.disk.paths.count == 2)
        #expect(try store.removeLeftovers() == 1)
        #expect(self.disk.paths == [store.path(kept)])
    }

    @Test
    func aCancelledOrDroppedUploadLeavesNothing() throws {
        let store = try self.store(self.disk)
        let cancelled = try store.makeUpload()
        try cancelled.append([1, 2])
        cancelled.cancel()
        do {
            let dropped = try store.makeUpload()
            try dropped.append([1, 2])
        }
        #expect(self.disk.paths == [])
    }

    @Test
    func cancellingAfterTheEndDoesNothing() throws {
        let store = try self.store(self.disk)
        let upload = try store.makeUpload()
        try upload.append([1])
        let (sha256, _) = try upload.finish()
        upload.cancel()
        #expect(try store.contains(sha256))
    }

    @Test
    func aFullDiskIsTold() throws {
        let store = try self.store(self.disk)
        let upload = try store.makeUpload()
        self.disk.setCapacity(10)
        let error = #expect(throws: FileError.self) { try upload.append(self.content(100, seed: 1)) }
        #expect(error?.isDiskFull == true)
        upload.cancel()
        #expect(self.disk.paths == [])
    }

    @Test(arguments: ["", "../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "a", count: 63)])
    func whatIsNoNameIsNotThere(name: String) throws {
        #expect(!BlobStore.isName(name))
        #expect(try !self.store(self.disk).contains(name))
    }

    @Test
    func aTableRemovesLeftoversWhenItOpens() throws {
        let fixture = TableFixture()
        let table = try fixture.open(self.disk)
        let upload = try table.blobs.makeUpload()
        try upload.append([1, 2, 3])
        let killed = self.disk.afterKill()
        table.close()
        let again = try fixture.open(killed)
        defer { again.close() }
        #expect(again.recovery.removedUploads == 1)
        withExtendedLifetime(upload) {}
    }
}
