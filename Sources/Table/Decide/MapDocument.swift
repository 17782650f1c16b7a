import JSONDocument

/// The map data document `{"name","folder","data"}` (contract, section 2).
enum MapDocument {
    /// The stored form: the three declared keys in their order, then whatever else the client sent.
    ///
    /// - Parameter folder: nil for the root, which is stored as null.
    static func stored(_ body: JSONValue, folder: String?, name: String) -> JSONValue {
        let declared: Set = ["name", "folder", "data"]
        let others = (body.members ?? []).filter { !declared.contains($0.key) }
        return .object(head(folder: folder, name: name, data: body["data"] ?? .object([])) + others)
    }

    /// What a map is answered with that has no data stored.
    static func byDefault(folder: String?, name: String) -> JSONValue {
        .object(head(folder: folder, name: name, data: defaultData))
    }

    private static func head(
        folder: String?, name: String, data: JSONValue
    ) -> [(key: String, value: JSONValue)] {
        [
            (key: "name", value: .string(name)), (key: "folder", value: folder.map { .string($0) } ?? .null),
            (key: "data", value: data),
        ]
    }

    private static let defaultData: JSONValue = [
        "position": ["x": 9, "y": 16], "useGridCoordinates": true, "useGridScaling": true, "scale": 1, "rotation": 0,
        "isHidden": true,
    ]
}
