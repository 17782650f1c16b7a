import Glibc

// Why unsafe code: walking a folder without following links needs `readdir` and `lstat`, and `realpath` says where a link
// leads; Foundation's ways to them are not linked into the tools. Each C string is copied before the call that owns it
// is made again, `realpath`'s is freed here, and the folder handle doesn't leave `names(in:)`.

/// The operator's folder of sounds, `{loop,oneshot}/…`, looked at without following links out of it.
struct SoundsFolder {
    /// One file of it.
    struct File: Equatable {
        /// Below the folder: `loop/Ambience/tavern.mp3`; how the table names the sound.
        let name: String
        /// Where to read it.
        let path: String
        let stamp: Stamp
    }

    /// What tells a changed file from one that was seen: size in bytes, modification in nanoseconds since 1970.
    struct Stamp: Equatable {
        let size: Int64
        let modified: Int64
    }

    private let root: String

    /// - Returns: `nil` if there is no such folder.
    init?(_ path: String) {
        guard let root = Self.resolve(path), case .folder = Self.look(at: root, following: true) else { return nil }
        self.root = root
    }

    /// Every sound's file, in the order of names, and what was passed over with the reason.
    ///
    /// Hidden files are no sounds. A link to a file is followed if it stays within the folder; links to folders are not,
    /// since what they lead to is found where it stands. Sockets, pipes and devices are skipped.
    func files(in categories: [String]) -> (files: [File], skipped: [(name: String, reason: String)]) {
        var files: [File] = []
        var skipped: [(name: String, reason: String)] = []
        var open = categories.reversed().filter { category in
            if case .folder = Self.look(at: "\(self.root)/\(category)", following: false) { true } else { false }
        }
        while let folder = open.popLast() {
            var folders: [String] = []
            for name in Self.names(in: "\(self.root)/\(folder)") where !name.hasPrefix(".") {
                let name = "\(folder)/\(name)"
                switch self.entry(name) {
                case .file(let file): files.append(file)
                case .folder: folders.append(name)
                case .none(let reason): skipped.append((name, reason))
                }
            }
            open.append(contentsOf: folders.reversed())
        }
        return (files, skipped)
    }

    private enum Entry {
        case file(File)
        case folder
        case none(String)
    }

    private func entry(_ name: String) -> Entry {
        let path = "\(self.root)/\(name)"
        switch Self.look(at: path, following: false) {
        case .file(let stamp): return .file(File(name: name, path: path, stamp: stamp))
        case .folder: return .folder
        case .link:
            guard let target = Self.resolve(path) else { return .none("the link leads nowhere") }
            guard target.hasPrefix(self.root + "/") else { return .none("the link leaves the folder") }
            guard case .file(let stamp) = Self.look(at: target, following: false) else {
                return .none("the link doesn't lead to a file")
            }
            return .file(File(name: name, path: target, stamp: stamp))
        case .special: return .none("neither a file nor a folder")
        case .missing: return .none("it can't be looked at")
        }
    }

    private enum Kind {
        case file(Stamp)
        case folder, link, special, missing
    }

    private static func look(at path: String, following: Bool) -> Kind {
        var status = stat()
        guard (following ? stat(path, &status) : lstat(path, &status)) == 0 else { return .missing }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            return .file(Stamp(size: Int64(status.st_size), modified: modified))
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .special
        }
    }

    private static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The names in a folder, sorted; none if it can't be read.
    private static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names.sorted()
    }
}
