import JSONDocument

extension FuzzTarget {
    static let jsonPatch = FuzzTarget("json-patch", "a document and a JSON Patch for it, applied in both ways") {
        input in
        let parts = input.parts(2)
        guard let document = JSONValue(fuzzed: parts[0]) else { return }
        let general = document.patched { value throws(JSONPatchError) in
            try value.apply(try JSONPatch(parsing: parts[1]))
        }
        let encoded = document.patched(byText: parts[1])
        try require(
            general.error == encoded.error,
            "the ways differ: \(String(describing: general.error)), \(String(describing: encoded.error))")
        try require(
            general.value.text == encoded.value.text, "the ways differ: \(general.value.text), \(encoded.value.text)")
        if general.error == nil {
            try requireRoundTrip(of: general.value)
        } else {
            try require(general.value.text == document.text, "a failed patch left: \(general.value.text)")
        }
        guard let patch = try? JSONPatch(parsing: parts[1]) else { return }
        let again = try? JSONPatch(parsing: patch.serialized())
        try require(again == patch, "printed, the patch is another one: \(patch.jsonValue.text)")
    }

    static let jsonDiff = FuzzTarget("json-diff", "two JSON texts: the patch between them") { input in
        let parts = input.parts(2)
        guard let old = JSONValue(fuzzed: parts[0]), let new = JSONValue(fuzzed: parts[1]) else { return }
        let patch = JSONDiff.patch(from: old, to: new)
        try require(patch.isEmpty == (old == new), "a difference of equals, or none: \(patch.jsonValue.text)")
        let direct = old.patched { value throws(JSONPatchError) in try value.apply(patch) }
        try require(direct.error == nil && direct.value == new, "patched, it is \(direct.value.text)")
        let read = old.patched(byText: patch.serialized())
        try require(read.error == nil && read.value.text == direct.value.text, "by its text, it is \(read.value.text)")
        // And back: what an undo does.
        let back = direct.value.patched { value throws(JSONPatchError) in
            try value.apply(JSONDiff.patch(from: value, to: old))
        }
        try require(back.error == nil && back.value == old, "taken back, it is \(back.value.text)")
    }

    static let jsonMerge = FuzzTarget("json-merge", "three JSON texts: base, mine and present, merged") { input in
        let values = input.parts(3).map { JSONValue(fuzzed: $0) }
        guard let base = values[0], let mine = values[1] else { return }
        func merge(_ base: JSONValue, _ mine: JSONValue, _ present: JSONValue) -> JSONValue {
            JSONMerge.merge(base: base, mine: mine, present: present)
        }
        try require(merge(base, mine, base) == mine, "alone, my change is lost")
        try require(merge(base, mine, mine) == mine, "what both did is lost")
        try require((JSONMerge.difference(base, mine) == 0) == (base == mine), "a difference of equals, or none")
        guard let present = values[2] else { return }
        let merged = merge(base, mine, present)
        try requireRoundTrip(of: merged)
        // A scene with another id replaces the whole, whatever the base.
        guard mine["id"] == present["id"] else { return try require(merged == mine, "another scene isn't taken whole") }
        try require(merge(mine, mine, present) == present, "without a change of mine, the present is lost")
        try require(merge(mine, mine, merged) == merged, "without a change of mine, the merged scene is lost")
        try require(
            JSONMerge.merge(candidates: [base, mine], mine: mine, present: present).scene == present,
            "a scene that I had already undoes the others' work")
    }
}

extension JSONValue {
    /// What becomes of a copy, and the error if there was one.
    fileprivate func patched(
        _ change: (inout JSONValue) throws(JSONPatchError) -> Void
    ) -> (value: JSONValue, error: JSONPatchError?) {
        var value = self
        do throws(JSONPatchError) {
            try change(&value)
            return (value, nil)
        } catch {
            return (value, error)
        }
    }

    /// The same by a patch's text, as a replay does it.
    fileprivate func patched(byText patch: [UInt8]) -> (value: JSONValue, error: JSONPatchError?) {
        self.patched { value throws(JSONPatchError) in
            let text = patch.span
            try value.apply(encodedPatch: text)
        }
    }
}
