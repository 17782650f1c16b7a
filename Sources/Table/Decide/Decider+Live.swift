import JSONDocument

extension Deciding {
    /// A plain client's scene: what its user did is merged into the present scene (state-document.md, "Lost updates").
    func liveScene(_ scene: JSONValue, bases: [JSONValue]) -> Decision {
        let present = document[.live]
        let merged = JSONMerge.merge(candidates: bases, mine: scene, present: present)
        return Decision(
            "live.changed", patch: JSONDiff.patch(from: present, to: merged.scene, at: .to(.live)),
            liveForOrigin: merged.scene != scene, base: merged.base)
    }

    /// An event client's patch.
    func livePatch(_ patch: JSONPatch) throws(CommandError) -> Decision {
        try LivePatch.check(operationCount: patch.operations.count)
        let patch = LivePatch.absolute(patch)
        if let decision = self.scalarReplacement(patch) { return decision }
        return try self.anyLivePatch(patch)
    }

    /// Decides a patch that gives one place in the scene another number, text or the like, as every step of a drag does.
    ///
    /// It is the difference that it makes, so that nothing has to be applied or compared.
    ///
    /// - Returns: What ``anyLivePatch(_:)`` decides; nil for any other patch.
    func scalarReplacement(_ patch: JSONPatch) -> Decision? {
        guard patch.operations.count == 1, case .replace(let path, let value)? = patch.operations.first,
            path != .to(.live), JSONPointer.to(.live).isPrefix(of: path), !value.isObject, !value.isArray,
            let old = document.value(at: path), !old.isObject, !old.isArray
        else { return nil }
        return Decision("live.changed", patch: old == value ? JSONPatch() : patch)
    }

    /// Decides any patch, its pointers the document's.
    func anyLivePatch(_ patch: JSONPatch) throws(CommandError) -> Decision {
        var result = document
        do throws(JSONPatchError) {
            try result.apply(patch, limits: LivePatch.limits)
        } catch {
            throw LivePatch.refusal(error)
        }
        guard result[.live].isObject || result[.live].isNull else {
            throw CommandError(fields: [.wrongType(.dictionary, ["patch"], input: patch.jsonValue)])
        }
        return Decision(
            "live.changed", patch: JSONDiff.patch(from: document[.live], to: result[.live], at: .to(.live)))
    }
}
