import JSONDocument
import Journal
import Synchronization
import Table

@testable import Replay

/// A journal in a folder as a server would hand it out, through a wire that a test can spoil.
final class FolderMirrorSource: MirrorSource {
    let name = "the server"

    private let folder: String
    private let fileSystem = PosixFileSystem()
    /// What becomes of bytes on the way: the file, where they begin in it, the bytes.
    private let wire = Mutex(Wire())
    /// Which parts were asked for.
    private let asked = Mutex<[String]>([])

    private struct Wire {
        /// `nil`: all comes as it was sent.
        var pass: (@Sendable (String, Int64, [UInt8]) throws(ReplayError) -> [UInt8])?
    }

    init(_ folder: String) {
        self.folder = folder
    }

    /// Spoils the wire from now on.
    func spoil(_ wire: @escaping @Sendable (String, Int64, [UInt8]) throws(ReplayError) -> [UInt8]) {
        self.wire.withLock { $0.pass = wire }
    }

    func repair() { self.wire.withLock { $0.pass = nil } }

    /// `name from..<to` of each part of a segment that was asked for, since the last time.
    func takeAsked() -> [String] {
        asked.withLock { asked in
            defer { asked = [] }
            return asked
        }
    }

    func listing(chainAt offset: Int64?) async throws(ReplayError) -> MirrorListing {
        do {
            let reader = try JournalReader(folder: folder, fileSystem: fileSystem)
            let newest = try reader.newestOffset()
            var members: [(key: String, value: JSONValue)] = [
                ("format", 1), ("journal", .string(reader.identity.uuid)), ("offset", .number(Int(newest))),
                ("chain", .string(try reader.chain(at: newest).hex)),
                (
                    "segments",
                    .array(
                        try reader.segments().map { segment in
                            .object([
                                ("name", .string(segment.name)), ("base", .number(Int(segment.baseOffset))),
                                ("size", .number(Int(segment.byteCount))),
                            ])
                        })
                ),
            ]
            if let offset, offset <= newest {
                members.append(("at", .object([("chain", .string(try reader.chain(at: offset).hex))])))
            }
            guard let listing = MirrorListing(.object(members)) else { throw ReplayError.no("not a listing") }
            return listing
        } catch {
            throw .unreadable("\(error)", hint: "")
        }
    }

    func file(_ name: String, _ range: Range<Int64>?) async throws(ReplayError) -> [UInt8] {
        if let range { asked.withLock { $0.append("\(name) \(range)") } }
        return try pass(name, try bytes("\(folder)/\(name)", range), at: range?.lowerBound ?? 0)
    }

    func blob(
        _ sha256: String, from offset: Int64, upTo count: Int
    ) async throws(ReplayError) -> MirrorBlob {
        let path = "\(folder)/blobs/sha256/\(sha256.prefix(2))/\(sha256)"
        guard let status = try replayWriting({ () throws(FileError) in try fileSystem.status(path) }) else {
            return .lacking("the server doesn't have it")
        }
        let part = try bytes(path, offset..<min(offset + Int64(count), status.byteCount))
        return .piece(try pass(sha256, part, at: offset), size: status.byteCount)
    }

    private func bytes(_ path: String, _ range: Range<Int64>?) throws(ReplayError) -> [UInt8] {
        do throws(FileError) {
            let file = try fileSystem.open(path, .read)
            guard let range else { return try file.readAll() }
            return try file.read(at: range.lowerBound, upTo: range.count)
        } catch {
            throw ReplayError(error)
        }
    }

    private func pass(_ name: String, _ bytes: [UInt8], at offset: Int64) throws(ReplayError) -> [UInt8] {
        guard let pass = wire.withLock({ $0.pass }) else { return bytes }
        return try pass(name, offset, bytes)
    }
}
