import JSONDocument

extension Deciding {
    func viewerBlank(_ blank: Bool) -> Decision {
        Decision(blank ? "viewer.blanked" : "viewer.unblanked", patch: viewer("blank", .bool(blank)))
    }

    func viewerRotate(_ rotated: Bool) -> Decision {
        Decision(rotated ? "viewer.rotated" : "viewer.unrotated", patch: viewer("rotated", .bool(rotated)))
    }

    /// What isn't given stays as it is.
    func viewerNightMode(_ enabled: Bool?, _ brightness: JSONValue?) -> Decision {
        let present = document.entry(.viewer, "nightMode") ?? .object([])
        let pointer = JSONPointer.to(.viewer, "nightMode")
        var operations: [JSONPatchOperation] = []
        if let enabled { operations += Self.set("enabled", of: present, at: pointer, to: .bool(enabled)) }
        if let brightness { operations += Self.set("brightness", of: present, at: pointer, to: brightness) }
        return Decision("viewer.night-mode-changed", patch: JSONPatch(operations))
    }

    private func viewer(_ name: String, _ value: JSONValue) -> JSONPatch {
        JSONPatch(Self.set(name, of: document[.viewer], at: .to(.viewer), to: value))
    }
}
