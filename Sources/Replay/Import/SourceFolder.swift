import Glibc
import Journal

/// The files below a folder that is to be imported.
package struct SourceFolder: Sendable {
    /// One file or folder.
    package struct Entry: Sendable, Equatable {
        /// Where it is, for reading.
        package let path: String
        /// Where it stands in the old server's layout: `maps/Act 1/x.png`; a folder's ends in a slash.
        package let name: String
        package let byteCount: Int64

        /// Whether it is a folder.
        package var isFolder: Bool { name.hasSuffix("/") }
    }

    /// What was found, sorted by name, folders before what they hold.
    package private(set) var entries: [Entry] = []
    /// Links, which are never followed (they could lead anywhere), pipes and devices, which could be read for ever, and folders
    /// nested too deep.
    package private(set) var leftOut: [String] = []

    private let fileSystem: any FileSystem
    private static let depthMax = 64

    /// The parts of the old layout that a table keeps.
    package static let partNames = ["maps", "scenes", "sounds"]

    /// Looks through `maps/`, `scenes/` and `sounds/` of a folder.
    ///
    /// - Parameters:
    ///   - path: The old server's data folder.
    ///   - sounds: Where its sounds are, if elsewhere (the old server kept them beside its code).
    /// - Throws: ``ReplayError/unreadable(_:hint:)`` if none of the three is there.
    package init(_ path: String, sounds: String? = nil, fileSystem: any FileSystem) throws(ReplayError) {
        self.fileSystem = fileSystem
        do throws(FileError) {
            var found = 0
            for part in Self.partNames {
                let folder = part == "sounds" ? sounds ?? "\(path)/sounds" : "\(path)/\(part)"
                guard try fileSystem.status(folder)?.isFolder == true else { continue }
                found += 1
                try gather(folder, name: "\(part)/", depth: 0)
            }
            guard found > 0 else {
                throw FileError(operation: .list, path: path, code: ENOENT)
            }
        } catch {
            guard error.isMissing else { throw ReplayError(error) }
            throw .unreadable(
                "\(path): no maps/, scenes/ or sounds/ here",
                hint: "Give the old server's data folder, the one that holds these three, with --from DIR.")
        }
    }

    private mutating func gather(_ folder: String, name: String, depth: Int) throws(FileError) {
        guard depth < Self.depthMax else {
            leftOut.append(name)
            return
        }
        let disk = FolderDisk(fileSystem: fileSystem)
        for child in try fileSystem.list(folder) {
            let path = "\(folder)/\(child)"
            switch try disk.kind(path) {
            case .file(let byteCount):
                entries.append(Entry(path: path, name: name + child, byteCount: byteCount))
            case .folder:
                entries.append(Entry(path: path, name: "\(name)\(child)/", byteCount: 0))
                try gather(path, name: "\(name)\(child)/", depth: depth + 1)
            case .link, .other: leftOut.append(name + child)
            case nil: continue
            }
        }
    }
}
