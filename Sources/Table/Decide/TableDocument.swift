import JSONDocument

/// The table's document (state-document.md): the names of its members, and the document before event 0.
package enum TableDocument {
    /// The frozen text of the document before event 0; its bytes are part of the format.
    package static let emptyText =
        #"{"live":null,"viewer":{"blank":false,"rotated":false,"nightMode":{"enabled":false,"brightness":1}},"#
        + #""scenes":{},"sceneImages":{},"sceneFolders":{},"maps":{},"mapData":{},"mapFolders":{},"sounds":{},"#
        + #""audio":{"music":null}}"#

    /// The document before event 0.
    package static let empty: JSONValue = {
        do {
            return try JSONValue.parse(text: emptyText)
        } catch {
            preconditionFailure("the frozen text is JSON: \(error)")
        }
    }()

    /// The document's first-level members that the decisions work on.
    package enum Member: String, Sendable {
        case live, viewer, scenes, sceneImages, sceneFolders, maps, mapData, mapFolders, sounds, audio
    }
}

extension JSONValue {
    /// A first-level member of the document; null where an imported history lacks it.
    subscript(_ member: TableDocument.Member) -> JSONValue {
        self[member.rawValue] ?? .null
    }

    /// An entry of the document's second level, such as a scene by its id.
    func entry(_ member: TableDocument.Member, _ key: String) -> JSONValue? {
        self[member.rawValue]?[key]
    }

    /// The keys of a first-level member: scene ids, map paths, folder paths.
    func keys(_ member: TableDocument.Member) -> [String] {
        (self[member.rawValue]?.members ?? []).map(\.key)
    }
}

extension JSONPointer {
    /// The pointer to a first-level member, `/maps`.
    static func to(_ member: TableDocument.Member) -> JSONPointer {
        JSONPointer(tokens: [member.rawValue])
    }

    /// The pointer to an entry or to something in it: `/maps/Act 1~1crypt.png`, `/scenes/<id>/folder`.
    static func to(_ member: TableDocument.Member, _ tokens: String...) -> JSONPointer {
        JSONPointer(tokens: [member.rawValue] + tokens)
    }
}
