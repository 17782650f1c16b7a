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
