import JSONDocument

/// The stored and wire form of a saved scene (contract, section 2).
///
/// Every declared key is there, in the declared order, followed by whatever else the client sent, untouched and in its
/// order (section 7, F1).
enum SceneDocument {
    /// A declared key: its name, the name that is also taken on input, its default and its check.
    private struct Field: Sendable {
        let name: String
        var alias: String?
        let byDefault: JSONValue?
        let check: @Sendable (JSONValue, [JSONValue]) -> [FieldError]
    }

    private static let fields = [
        Field(name: "id", byDefault: nil, check: string),
        Field(name: "name", byDefault: nil, check: string),
        Field(name: "folder", byDefault: .null, check: stringOrNull),
        Field(name: "maps", byDefault: .array([]), check: objects),
        Field(name: "activeMapId", alias: "active_map_id", byDefault: .null, check: stringOrNull),
        Field(
            name: "gridSettings", alias: "grid_settings", byDefault: ["showGrid": true, "gridSize": 50], check: object),
        Field(name: "initiativeOrder", alias: "initiative_order", byDefault: .array([]), check: objects),
        Field(name: "showCurrentPlayer", alias: "show_current_player", byDefault: true, check: laxBool),
        Field(name: "encounterHistory", alias: "encounter_history", byDefault: .array([]), check: objects),
        Field(name: "images", byDefault: .array([]), check: images),
    ]

    private static let declaredNames = Set(fields.map(\.name) + fields.compactMap(\.alias))

    /// The scene in its stored form; the id is the body's, which the decision replaces.
    ///
    /// - Throws: The 422 that lists every field that is missing or wrong, or ``CommandError/Code/invalid`` for a folder
    ///   that breaks the path rules.
    static func stored(from body: JSONValue) throws(CommandError) -> JSONValue {
        var reader = BodyReader(body)
        try reader.requireObject()
        var members: [(key: String, value: JSONValue)] = []
        for field in fields {
            let sent = body[field.name] ?? field.alias.flatMap { body[$0] }
            guard let value = sent ?? field.byDefault else {
                reader.refuse(.missing([.string(field.name)], input: body))
                continue
            }
            field.check(value, [.string(field.name)]).forEach { reader.refuse($0) }
            members.append((key: field.name, value: value))
        }
        try reader.finish()
        members += (body.members ?? []).filter { !declaredNames.contains($0.key) }
        var scene = JSONValue.object(members)
        try settle(&scene)
        return scene
    }

    /// Brings the values that have several spellings to one: the folder's trailing slash, the boolean.
    private static func settle(_ scene: inout JSONValue) throws(CommandError) {
        if let folder = try ContentPath.checkedFolder(scene["folder"]?.stringValue) {
            scene.setMember("folder", to: .string(folder))
        }
        if let shown = scene["showCurrentPlayer"], case .success(let bool) = LaxBoolean.parse(shown) {
            scene.setMember("showCurrentPlayer", to: .bool(bool))
        }
    }

    /// The folder of a scene; nil for the root, which null, absent and `""` mean (section 7, F6).
    static func folder(of scene: JSONValue) -> String? {
        guard let folder = scene["folder"]?.stringValue, !folder.isEmpty else { return nil }
        return folder
    }

    // MARK: Checks

    private static let string: @Sendable (JSONValue, [JSONValue]) -> [FieldError] = { value, loc in
        value.kind == .string ? [] : [.wrongType(.string, loc, input: value)]
    }

    private static let stringOrNull: @Sendable (JSONValue, [JSONValue]) -> [FieldError] = { value, loc in
        value.isNull || value.kind == .string ? [] : [.wrongType(.string, loc, input: value)]
    }

    private static let object: @Sendable (JSONValue, [JSONValue]) -> [FieldError] = { value, loc in
        value.isObject ? [] : [.wrongType(.dictionary, loc, input: value)]
    }

    private static let laxBool: @Sendable (JSONValue, [JSONValue]) -> [FieldError] = { value, loc in
        guard case .failure(let fault) = LaxBoolean.parse(value) else { return [] }
        return [fault.error(loc, input: value)]
    }

    private static let objects: @Sendable (JSONValue, [JSONValue]) -> [FieldError] = { value, loc in
        guard let elements = value.elements else { return [.wrongType(.list, loc, input: value)] }
        return elements.enumerated().flatMap { object($0.element, loc + [.number($0.offset)]) }
    }

    private static let images: @Sendable (JSONValue, [JSONValue]) -> [FieldError] = { value, loc in
        guard let elements = value.elements else { return [.wrongType(.list, loc, input: value)] }
        return elements.enumerated().flatMap { image($0.element, loc + [.number($0.offset)]) }
    }

    private static func image(_ entry: JSONValue, _ loc: [JSONValue]) -> [FieldError] {
        guard entry.isObject else { return [.notModel(loc, input: entry)] }
        return ["id", "name", "path"].flatMap { name in
            let place = loc + [.string(name)]
            return entry[name].map { string($0, place) } ?? [.missing(place, input: entry)]
        }
    }
}
