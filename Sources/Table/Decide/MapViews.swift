import JSONDocument

/// What REST reads of the maps, and how maps and their folders are found by name (contract, section 3, "Maps").
package enum MapViews {
    /// `GET /maps/list`: `{"maps":[{"name","folder"}]}`, sorted by name.
    package static func list(_ document: JSONValue) -> JSONValue {
        let paths = document.keys(.maps).sortedByName { (ContentPath.lastComponent(of: $0), $0) }
        let items = paths.map { path -> JSONValue in
            .object([
                (key: "name", value: .string(ContentPath.lastComponent(of: path))),
                (key: "folder", value: ContentPath.parent(of: path).map { .string($0) } ?? .null),
            ])
        }
        return .object([(key: "maps", value: .array(items))])
    }

    /// `GET /maps/folders`: `{"folders":[…]}`, sorted by name.
    package static func folders(_ document: JSONValue) -> JSONValue {
        .object([(key: "folders", value: FolderItems.list(document.keys(.mapFolders), topLevelParent: .null))])
    }

    /// `GET /maps/file/{path}`; nil: `Map not found: <path as given>`.
    ///
    /// Leading slashes and backslashes are ignored and `\` counts as `/`. A path that isn't there is looked up by its
    /// last component in every folder, since scenes keep the folder that a map had (section 5).
    package static func find(
        _ document: JSONValue, _ requestPath: String
    ) -> (path: String, blob: BlobReference)? {
        let separator = UInt8(ascii: "/")
        let bytes = requestPath.utf8.map { $0 == UInt8(ascii: "\\") ? separator : $0 }
        let path = String(decoding: bytes.drop { $0 == separator }, as: UTF8.self)
        guard ContentPath.fault(inPath: path) == nil else { return nil }
        let found = document.entry(.maps, path) == nil ? firstPath(named: path, in: document) : path
        guard let found, let blob = document.entry(.maps, found).flatMap({ BlobReference($0) }) else { return nil }
        return (found, blob)
    }

    /// `GET /maps/data/{name}`: what is stored for the map, else the default document with its folder; nil:
    /// `Map '<name>' not found`.
    package static func data(_ document: JSONValue, _ name: String) -> JSONValue? {
        guard let path = path(ofMap: name, in: document) else { return nil }
        return document.entry(.mapData, path)
            ?? MapDocument.byDefault(
                folder: ContentPath.parent(of: path), name: ContentPath.lastComponent(of: path))
    }

    // MARK: Finding

    /// The path of a map by its bare name, looked up in every folder, or by its whole path.
    static func path(ofMap map: String, in document: JSONValue) -> String? {
        if document.entry(.maps, map) != nil { return map }
        guard ContentPath.parent(of: map) == nil else { return nil }
        return firstPath(named: map, in: document)
    }

    /// The first path, the root first, whose last component is that of the given one.
    private static func firstPath(named path: String, in document: JSONValue) -> String? {
        let name = ContentPath.lastComponent(of: path)
        guard document.entry(.maps, name) == nil else { return name }
        return document.keys(.maps).filter { ContentPath.isNamed($0, name) }.min()
    }

    /// What a folder's name stands for.
    enum FolderMatch: Equatable {
        case found(String)
        /// Several folders have the bare name, none of them at the top level.
        case ambiguous([String])
        case missing
    }

    /// Finds a folder by its whole path, or by a bare name that isn't a top-level folder's but unique below.
    ///
    /// The web client sends bare names for nested folders, too (section 7, F13).
    static func folder(named name: String, in document: JSONValue) -> FolderMatch {
        if document.entry(.mapFolders, name) != nil { return .found(name) }
        guard ContentPath.parent(of: name) == nil else { return .missing }
        let matches = document.keys(.mapFolders).filter { ContentPath.isNamed($0, name) }
        switch matches.count {
        case 0: return .missing
        case 1: return .found(matches[0])
        default: return .ambiguous(matches.sorted())
        }
    }
}
