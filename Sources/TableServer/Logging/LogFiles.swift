import Glibc
import Journal
import Synchronization

/// The log files of one folder: one for each local day, and further ones where a day has more than fits into one.
///
/// A line goes to the file of the day on which it is written, so the change at midnight needs no timer. Lines are written at
/// once and not synced: after a crash the kernel still has them. Each file is held by a shared lock (`flock`), so that nobody
/// who compresses old files (``LogKeeper``), also in another process, takes one that is written to. Safe from every thread.
package final class LogFiles: Sendable {
    private struct State {
        var file: LogFileName?
        var descriptor: Int32 = -1
        var byteCount: Int64 = 0
        var complained = false
        /// Lines that went nowhere since the file couldn't be opened.
        var lostCount = 0
        /// Whether the newest line is in the file in part only, as the disk was full.
        var isTorn = false
    }

    /// A file that couldn't be opened is tried again after so many lines: often enough for a disk that was full at midnight, and
    /// no burden on one that stays so.
    static let retryLineCount = 50

    private let folder: String
    private let byteCountMax: Int64
    private let fileSystem: any FileSystem
    private let opened: @Sendable (LogFileName) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: Where the files go; made if it isn't there (its parent must be).
    ///   - byteCountMax: A file that would become larger is left for the next one.
    ///   - opened: Called with each file that is begun or gone on with, while lines wait.
    package init(
        folder: String, byteCountMax: Int64, fileSystem: any FileSystem = PosixFileSystem(),
        opened: @escaping @Sendable (LogFileName) -> Void = { _ in }
    ) {
        self.folder = folder
        self.byteCountMax = byteCountMax
        self.fileSystem = fileSystem
        self.opened = opened
    }

    deinit {
        state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
    }

    /// Appends one line, ended by its line feed, to the file of the given day.
    ///
    /// A log that can't be written must not stop the table: it is said once on standard error, and tried anew with the next file
    /// and now and then.
    package func append(_ line: String, date: String) {
        let bytes = Array(line.utf8)
        state.withLock { state in
            if state.file?.date != date {
                open(after: nil, date, &state)
            } else if state.descriptor < 0 {
                retry(date, &state)
            } else if state.byteCount > 0, state.byteCount + Int64(bytes.count) > byteCountMax {
                open(after: state.file, date, &state)
            }
            guard state.descriptor >= 0 else { return state.lostCount += 1 }
            put(bytes, &state)
        }
    }

    private func put(_ bytes: [UInt8], _ state: inout State) {
        // What is left of a line that was cut off stays a line of its own.
        let bytes = state.isTorn ? [UInt8(ascii: "\n")] + bytes : bytes
        let count = write(state.descriptor, bytes, bytes.count)
        if count != bytes.count { complain(&state, count < 0 ? nil : "there is room for a part of a line only") }
        guard count > 0 else { return }
        state.isTorn = count < bytes.count
        state.byteCount += Int64(count)
    }

    private func retry(_ date: String, _ state: inout State) {
        guard state.lostCount % Self.retryLineCount == 0 else { return }
        let lostCount = state.lostCount
        open(after: nil, date, &state, again: true)
        guard state.descriptor < 0 else {
            return LogComplaint.write("the log in \(folder) is written again; \(lostCount) lines are lost")
        }
        state.lostCount = lostCount
    }

    /// - Parameter again: Whether it was said already that this doesn't work.
    private func open(after full: LogFileName?, _ date: String, _ state: inout State, again: Bool = false) {
        if state.descriptor >= 0 { close(state.descriptor) }
        var file = full?.next ?? LogFileName(date: date)
        state = State(file: file, complained: again)
        mkdir(folder, 0o755)
        file = max(file, newest(date, &state))
        // Between the look into the folder and the lock another process may have filled or compressed a file, not many.
        for _ in 0..<100 {
            let descriptor = Glibc.open("\(folder)/\(file.text)", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { return complain(&state) }
            if let byteCount = hold(descriptor, file), byteCount < byteCountMax {
                state = State(file: file, descriptor: descriptor, byteCount: byteCount)
                return opened(file)
            }
            close(descriptor)
            file = file.next
        }
        complain(&state)
    }

    /// The day's file to go on with: the last that there is, or one behind it if that is compressed already.
    private func newest(_ date: String, _ state: inout State) -> LogFileName {
        var newest = LogFileName(date: date)
        do {
            for name in try fileSystem.list(folder) {
                if let file = LogFileName(name), file.date == date { newest = max(newest, file) }
                guard name.hasSuffix(LogFileName.compressedEnding) else { continue }
                let plain = LogFileName(String(name.dropLast(LogFileName.compressedEnding.count)))
                if let plain, plain.date == date { newest = max(newest, plain.next) }
            }
        } catch {
            complain(&state, "\(error)")
        }
        return newest
    }

    /// Locks an open file against being compressed.
    ///
    /// - Returns: Its size; nil if it is being compressed, or was while it was opened.
    private func hold(_ descriptor: Int32, _ file: LogFileName) -> Int64? {
        // Where a disk knows no locks, there is nobody to be locked out either.
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK else { return nil }
        // A name is never used again once its file is compressed, so one that is there is the one that was opened.
        guard access("\(folder)/\(file.text)", F_OK) == 0 else { return nil }
        let byteCount = lseek(descriptor, 0, SEEK_END)
        return byteCount < 0 ? nil : Int64(byteCount)
    }

    private func complain(_ state: inout State, _ reason: String? = nil) {
        guard !state.complained else { return }
        state.complained = true
        LogComplaint.write("can't write the log in \(folder): \(reason ?? String(cString: strerror(errno)))")
    }
}

/// What can't be told in the log, because it is about the log.
enum LogComplaint {
    /// Writes a line to standard error.
    static func write(_ text: String) {
        let bytes = Array("spell-server: \(text)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
