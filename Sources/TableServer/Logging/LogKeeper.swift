import Archives
import Dispatch
import Glibc
import Journal

/// Keeps a folder of log files small: compresses those that nobody writes to any more, and removes those of days long gone.
///
/// A pass may be cut off anywhere, by a crash too: a compressed file gets its name when it is whole and on disk, the original
/// goes after that, and the next pass does again what was not done to its end.
package final class LogKeeper: Sendable {
    private static let pieceByteCount = 256 << 10

    private let folder: String
    private let dayCount: Int
    private let fileSystem: any FileSystem
    private let later: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let complain: @Sendable (String) -> Void

    /// - Parameters:
    ///   - folder: Where the files are.
    ///   - dayCount: How many days before the current file's day are kept.
    ///   - later: Carries out a pass where it holds nobody up, one after another; nil for a queue of its own.
    ///   - complain: Takes what could not be done.
    package init(
        folder: String, dayCount: Int, fileSystem: any FileSystem = PosixFileSystem(),
        later: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil,
        complain: @escaping @Sendable (String) -> Void = { LogComplaint.write($0) }
    ) {
        let queue = DispatchQueue(label: "spelltable.log-keeper", qos: .utility)
        self.folder = folder
        self.dayCount = dayCount
        self.fileSystem = fileSystem
        self.later = later ?? { pass in queue.async { pass() } }
        self.complain = complain
    }

    /// Begins a pass and returns at once.
    ///
    /// - Parameter current: The file that is written to now.
    package func begin(current: LogFileName) {
        later { [self] in
            do {
                try pass(current)
            } catch {
                complain("can't look after the log in \(folder): \(error)")
            }
        }
    }

    private func pass(_ current: LogFileName) throws(FileError) {
        let names = try fileSystem.list(folder)
        let plain = Set(names.compactMap { LogFileName($0) })
        for name in names {
            guard let (file, kind) = Self.parse(name) else { continue }
            do {
                if isOutdated(file, today: current) {
                    try fileSystem.remove("\(folder)/\(name)")
                } else if kind == .plain, file != current {
                    try compress(file)
                } else if kind == .unfinished, !plain.contains(file) {
                    try fileSystem.remove("\(folder)/\(name)")
                }
            } catch let error as FileError where error.isMissing {
                // Another process looks after the same folder, and was faster.
                continue
            } catch {
                complain("can't compress or remove the log file \(folder)/\(name): \(error)")
            }
        }
    }

    private enum Kind {
        case plain, compressed, unfinished
    }

    private static func parse(_ name: String) -> (LogFileName, Kind)? {
        if let file = LogFileName(name) { return (file, .plain) }
        let endings = [
            (LogFileName.compressedEnding, Kind.compressed),
            (LogFileName.compressedEnding + LogFileName.unfinishedEnding, .unfinished),
        ]
        for (ending, kind) in endings where name.hasSuffix(ending) {
            if let file = LogFileName(String(name.dropLast(ending.count))) { return (file, kind) }
        }
        return nil
    }

    private func isOutdated(_ file: LogFileName, today: LogFileName) -> Bool {
        guard let day = file.dayNumber, let now = today.dayNumber else { return false }
        return now - day > Int64(dayCount)
    }

    /// Compresses a file that nobody writes to.
    private func compress(_ file: LogFileName) throws {
        let path = "\(folder)/\(file.text)"
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(operation: .open, path: path, code: errno) }
        // Held until the file is gone: who opens it meanwhile sees that, and begins another one.
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
        // Another process may have been faster.
        guard try fileSystem.status(path) != nil else { return }
        let unfinished = "\(folder)/\(file.unfinished)"
        do {
            try write(compressed: path, to: unfinished)
        } catch {
            if try fileSystem.status(unfinished) != nil { try fileSystem.remove(unfinished) }
            throw error
        }
        try fileSystem.rename(unfinished, to: "\(folder)/\(file.compressed)")
        try fileSystem.syncFolder(folder)
        try fileSystem.remove(path)
    }

    private func write(compressed path: String, to target: String) throws {
        let source = try fileSystem.open(path, .read)
        defer { source.close() }
        let file = try fileSystem.open(target, .replace)
        defer { file.close() }
        let gzip = try GzipWriter()
        var (position, written): (Int64, Int64) = (0, 0)
        func put(_ bytes: [UInt8]) throws(FileError) {
            try file.writeAll(bytes, at: written)
            written += Int64(bytes.count)
        }
        while true {
            let piece = try source.read(at: position, upTo: Self.pieceByteCount)
            guard !piece.isEmpty else { break }
            position += Int64(piece.count)
            try gzip.write(piece)
            try put(gzip.takeOutput())
        }
        try gzip.finish()
        try put(gzip.takeOutput())
        try file.sync()
    }
}
