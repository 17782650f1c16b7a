import JSONDocument
import Journal

extension BlobStore {
    /// The files that a document would bring back and whose content is not on disk.
    package func missing(in target: JSONValue, besides present: JSONValue) throws(CommandError) -> [MissingFile] {
        var known: [String: Bool] = [:]
        var missing: [MissingFile] = []
        for (path, sha256) in NamedBlobs.coming(with: target, besides: present) {
            if known[sha256] == nil {
                do throws(FileError) {
                    known[sha256] = try self.contains(sha256)
                } catch {
                    throw CommandError(.conflict, "The content of '\(path.text)' can't be looked for: \(error)")
                }
            }
            if known[sha256] == false { missing.append(MissingFile(path: path, sha256: sha256)) }
        }
        return missing
    }

    /// A restore whose files are all on disk.
    ///
    /// - Parameter leaveOutMissing: Whether an entry whose content is gone stays as it is now, instead of being a reason
    ///   to refuse.
    /// - Throws: ``CommandError/Code/conflict`` that names what is missing.
    package func checked(
        _ plan: RestorePlan, _ present: JSONValue, leaveOutMissing: Bool
    ) throws(CommandError) -> RestorePlan {
        let missing = try self.missing(in: try plan.target(from: present), besides: present)
        guard !missing.isEmpty else { return plan }
        guard leaveOutMissing else { throw .missingFiles(missing) }
        var plan = plan
        let operations = missing.map { file -> JSONPatchOperation in
            present.value(at: file.path).map { .replace(file.path, $0) } ?? .remove(file.path)
        }
        do {
            try plan.document.apply(JSONPatch(operations))
        } catch {
            throw CommandError(.conflict, "The missing files can't be left out: \(error)")
        }
        return plan
    }
}
