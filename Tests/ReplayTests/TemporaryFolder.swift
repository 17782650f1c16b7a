import Foundation

/// A folder of its own for a test, removed in the end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "\(FileManager.default.temporaryDirectory.path)/replay-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        // What the system's own cleaning removes some day needn't fail a test.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, making the folders that lead to it.
    func write(_ text: String, to name: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// A file's bytes.
    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    /// Changes one byte of a file.
    func flipByte(_ name: String, at offset: Int) throws {
        var bytes = try read(name)
        bytes[offset] ^= 0x55
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }
}
