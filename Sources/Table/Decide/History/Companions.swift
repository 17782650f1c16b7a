import JSONDocument

/// What belongs to an entry of the document and is restored with it.
///
/// A scene's images, a map's data; for a folder what was in it then and what is in it now.
struct Companions {
    let then: JSONValue
    let present: JSONValue

    /// The companions of a place, without itself; empty for what is deeper than an entry.
    func of(_ pointer: JSONPointer) -> [JSONPointer] {
        let tokens = pointer.tokens
        guard let member = tokens.first.flatMap(TableDocument.Member.init) else { return [] }
        guard tokens.count == 2 else { return tokens.count == 1 ? ofWhole(member) : [] }
        let key = tokens[1]
        switch member {
        case .scenes: return existing([.to(.sceneImages, key)])
        case .maps: return existing([.to(.mapData, key)])
        case .sceneFolders: return below(key, .sceneFolders).filter { $0 != pointer } + scenes(in: key)
        case .mapFolders:
            return [.mapFolders, .maps, .mapData].flatMap { below(key, $0) }.filter { $0 != pointer }
        // A folder of sounds is nowhere but in their paths.
        case .sounds: return below(key, .sounds).filter { $0 != pointer }
        default: return []
        }
    }

    private func ofWhole(_ member: TableDocument.Member) -> [JSONPointer] {
        switch member {
        case .scenes: [.to(.sceneImages)]
        case .maps: [.to(.mapData)]
        default: []
        }
    }

    /// The entries of a member at or below a folder, then or now.
    private func below(_ folder: String, _ member: TableDocument.Member) -> [JSONPointer] {
        keys(member).filter { ContentPath.isAtOrBelow($0, folder) }.map { .to(member, $0) }
    }

    private func scenes(in folder: String) -> [JSONPointer] {
        keys(.scenes).filter { id in
            [then, present].contains { document in
                document.entry(.scenes, id).flatMap { SceneDocument.folder(of: $0) }
                    .map { ContentPath.isAtOrBelow($0, folder) } ?? false
            }
        }.flatMap { id in [.to(.scenes, id)] + existing([.to(.sceneImages, id)]) }
    }

    private func existing(_ pointers: [JSONPointer]) -> [JSONPointer] {
        pointers.filter { then.value(at: $0) != nil || present.value(at: $0) != nil }
    }

    private func keys(_ member: TableDocument.Member) -> [String] {
        let old = then.keys(member)
        let known = Set(old)
        return old + present.keys(member).filter { !known.contains($0) }
    }
}
