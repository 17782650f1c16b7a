import JSONDocument

/// Which kinds of content an export or import takes (contract, section 3, "Backup").
package struct ContentSelection: Sendable {
    package var maps: Bool
    package var scenes: Bool
    package var audio: Bool
    /// Top-level folders (for sounds `loop`, `oneshot`) below which files are taken, or all if none is named.
    ///
    /// Files in the roots are always taken.
    package var includeFolders: [String]

    /// Everything there is.
    package static let all = ContentSelection()

    package init(maps: Bool = true, scenes: Bool = true, audio: Bool = true, includeFolders: [String] = []) {
        self.maps = maps
        self.scenes = scenes
        self.audio = audio
        self.includeFolders = includeFolders
    }

    /// Whether a path such as `maps/Act 1/crypt.png` is taken.
    package func includes(_ path: String) -> Bool {
        let parts = ContentPath.components(of: path)
        let kindIncluded =
            switch parts.first {
            case "maps": maps
            case "scenes": scenes
            case "sounds": audio
            default: true
            }
        guard kindIncluded, parts.count > 2, !includeFolders.isEmpty else { return kindIncluded }
        return includeFolders.contains(parts[1])
    }
}

/// What an import does with an entry of an archive or an old data folder.
package enum ImportKind: Sendable, Hashable {
    /// A JSON document: give ``ImportPlanner`` its bytes.
    case document
    /// A file: store it as a blob and give ``ImportPlanner`` the reference.
    case blob
    /// Nothing that a table keeps; ``ImportPlanner/skip(path:)`` counts it.
    case skip
}

/// The content of an entry, as ``ImportKind`` asks for it.
package enum ImportContent: Sendable {
    case document([UInt8])
    case blob(BlobReference)

    /// The entry's length in bytes.
    var byteCount: Int {
        switch self {
        case .document(let bytes): bytes.count
        case .blob(let blob): blob.size
        }
    }
}

/// How many entries of each kind an import took (contract, section 3, `processed_files`).
package struct ImportCounts: Sendable, Equatable {
    /// Images and map data documents.
    package var maps = 0
    /// Scenes, the live scene and scene images.
    package var scenes = 0
    package var sounds = 0
    /// Entries that are no content of a table.
    package var other = 0
    /// Sum of the taken entries' lengths in bytes.
    package var totalSize = 0

    package init() {}

    /// How many entries were taken.
    package var extracted: Int { maps + scenes + sounds }
}

/// Everything that an import brings, checked and ready for one event, as ``ImportPlanner`` makes it.
package struct ImportPlan: Sendable {
    /// An entry that was left out, and why; nothing is dropped silently.
    package struct Skipped: Sendable, Equatable {
        package let path: String
        package let reason: String
    }

    package internal(set) var maps: [String: BlobReference] = [:]
    /// Map data documents by their map's path, in stored form.
    package internal(set) var mapData: [String: JSONValue] = [:]
    /// Scenes by id, in stored form.
    package internal(set) var scenes: [String: JSONValue] = [:]
    /// Image files by their path below `scenes/`; the scenes that list them become their owners.
    package internal(set) var sceneImages: [String: BlobReference] = [:]
    package internal(set) var sounds: [String: BlobReference] = [:]
    package internal(set) var live: JSONValue?
    package internal(set) var sceneFolders: Set<String> = []
    package internal(set) var mapFolders: Set<String> = []
    package internal(set) var counts = ImportCounts()
    package internal(set) var skipped: [Skipped] = []
}
