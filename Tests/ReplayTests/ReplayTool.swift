import Foundation
import Synchronization
import Testing

/// The built `spell-replay`, run as a process.
struct ReplayTool {
    /// How a run ended.
    struct Result {
        let code: Int32
        let output: String
        let errors: String
    }

    /// What this test's process was told about reports, where it runs under a sanitizer (Tools/sanitize).
    private static let sanitizerOptions = ProcessInfo.processInfo.environment.filter {
        ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key)
    }

    /// Runs it to its end, in UTC, without a terminal.
    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Result {
        try await run(arguments, environment: environment)
    }

    /// The same with arguments that come as a list.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Result {
        let folder = try TemporaryFolder()
        let run = try Run(arguments, in: folder, environment: environment)
        await run.ended()
        return try run.result()
    }

    /// Beside the test bundle, which the build puts into one folder with the executables.
    static func executable() throws -> URL {
        var candidates = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0) }
        candidates.append(URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath())
        let tools = candidates.map { $0.deletingLastPathComponent().appendingPathComponent("spell-replay") }
        return try #require(
            tools.first { FileManager.default.isExecutableFile(atPath: $0.path) }, "spell-replay isn't built: \(tools)")
    }

    /// One running process, whose output goes to files, so that no pipe can fill up.
    final class Run: Sendable {
        private let folder: TemporaryFolder
        private let state = Mutex<(hasEnded: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))
        private let process: Mutex<Process>

        /// Starts it, or another program.
        init(
            _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:],
            executable: URL? = nil
        ) throws {
            self.folder = folder
            try folder.write("", to: "output")
            try folder.write("", to: "errors")
            let process = Process()
            process.executableURL = try executable ?? ReplayTool.executable()
            process.arguments = arguments
            process.environment = ["TZ": "UTC", "USER": "tester", "PATH": "/usr/bin:/bin"]
                .merging(ReplayTool.sanitizerOptions) { $1 }.merging(environment) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle(forWritingAtPath: "\(folder.path)/output")
            process.standardError = FileHandle(forWritingAtPath: "\(folder.path)/errors")
            self.process = Mutex(process)
            self.process.withLock { process in
                process.terminationHandler = { [weak self] _ in self?.end() }
            }
            try self.process.withLock { try $0.run() }
        }

        private func end() {
            let waiting = state.withLock { state in
                defer { state = (true, []) }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        /// Waits for the process's end.
        func ended() async {
            await withCheckedContinuation { continuation in
                let hasEnded = state.withLock { state in
                    if !state.hasEnded { state.waiting.append(continuation) }
                    return state.hasEnded
                }
                if hasEnded { continuation.resume() }
            }
        }

        /// What it has printed so far.
        func output() throws -> String { String(decoding: try folder.read("output"), as: UTF8.self) }

        /// Waits until its output fulfils a condition, or it ends.
        func output(until condition: (String) -> Bool) async throws -> String {
            while true {
                let (text, hasEnded) = (try output(), state.withLock { $0.hasEnded })
                if condition(text) || hasEnded { return text }
                try await Task.sleep(for: .milliseconds(10))
            }
        }

        func terminate() { process.withLock { $0.terminate() } }

        func result() throws -> Result {
            Result(
                code: process.withLock { $0.terminationStatus }, output: try output(),
                errors: String(decoding: try folder.read("errors"), as: UTF8.self))
        }
    }
}
