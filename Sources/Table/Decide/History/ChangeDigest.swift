import Crypto
import JSONDocument

/// What a restore, undo or redo would change, as a short text: what reads the same does the same to the same things.
///
/// The patch alone doesn't say that: at the same index there may stand another token by then, and what a `remove` takes away may be
/// another value. So it goes with what is there at each place before, and with the `id` or `name` of the elements on the way.
enum ChangeDigest {
    /// 64 hex digits.
    ///
    /// - Parameter document: What the decision was made on.
    static func of(_ decision: Decision, on document: JSONValue) throws(CommandError) -> String {
        var document = document
        var hash = SHA256()
        for event in decision.events {
            add([.string(event.type), event.data], to: &hash)
            for operation in event.patch.operations {
                let patch = JSONPatch([operation])
                add([patch.jsonValue] + surroundings(of: operation, in: document), to: &hash)
                do throws(JSONPatchError) {
                    try document.apply(patch)
                } catch {
                    throw .decisionFailed
                }
            }
        }
        return hexString(hash.finalize())
    }

    private static func add(_ values: [JSONValue], to hash: inout SHA256) {
        hash.update(data: JSONValue.array(values).canonicalForm())
        hash.update(data: [UInt8(ascii: "\n")])
    }

    /// What stands where an operation takes or overwrites something, and who is on the way.
    private static func surroundings(of operation: JSONPatchOperation, in document: JSONValue) -> [JSONValue] {
        switch operation {
        case .add(let path, _): added(path, in: document)
        case .remove(let path), .replace(let path, _), .test(let path, _): taken(path, in: document)
        case .move(let from, let path), .copy(let from, let path):
            taken(from, in: document) + added(path, in: document)
        }
    }

    private static func taken(_ path: JSONPointer, in document: JSONValue) -> [JSONValue] {
        [document.value(at: path) ?? .null] + marks(path.tokens, in: document)
    }

    /// An element that comes into an array is put between others and takes nothing's place.
    private static func added(_ path: JSONPointer, in document: JSONValue) -> [JSONValue] {
        guard let parent = path.parent, document.value(at: parent)?.isArray == true else {
            return taken(path, in: document)
        }
        return marks(parent.tokens, in: document)
    }

    /// The `id` or `name` of each array's element on the way.
    private static func marks(_ tokens: [String], in document: JSONValue) -> [JSONValue] {
        var marks: [JSONValue] = []
        var value: JSONValue? = document
        for token in tokens {
            if let elements = value?.elements {
                value = Int(token).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
                marks.append(value?["id"] ?? value?["name"] ?? .null)
            } else {
                value = value?[token]
            }
        }
        return marks
    }
}
