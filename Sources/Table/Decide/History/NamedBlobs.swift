import JSONDocument

/// The files' contents that a document names.
enum NamedBlobs {
    /// The entries of `target` that name a blob and stand otherwise, or not at all, in `present`.
    ///
    /// - Returns: Each entry with its blob's name, in the document's order.
    static func coming(with target: JSONValue, besides present: JSONValue) -> [(path: JSONPointer, sha256: String)] {
        let files = [TableDocument.Member.maps, .sounds].flatMap { member in
            named(in: target[member], besides: present[member], at: .to(member))
        }
        let images = target.keys(.sceneImages).flatMap { scene in
            named(
                in: target.entry(.sceneImages, scene) ?? .null,
                besides: present.entry(.sceneImages, scene) ?? .null, at: .to(.sceneImages, scene))
        }
        return files + images
    }

    private static func named(
        in target: JSONValue, besides present: JSONValue, at pointer: JSONPointer
    ) -> [(path: JSONPointer, sha256: String)] {
        (target.members ?? []).compactMap { key, entry in
            guard let blob = BlobReference(entry), blob.sha256 != present[key].flatMap({ BlobReference($0) })?.sha256
            else { return nil }
            return (pointer.appending(key), blob.sha256)
        }
    }
}
