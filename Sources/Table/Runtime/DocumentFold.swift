import JSONDocument
import Journal

/// Folds a journal's lines into the document; replaying is applying patches, nothing else.
package struct DocumentFold: Sendable {
    package private(set) var document: JSONValue
    /// The newest event in `document`.
    package private(set) var offset: Int64
    /// Room for ``applyPatch(_:)``: where the operations stand, and one of them as a patch of its own.
    private var operations: [Range<Int>] = []
    private var single: [UInt8] = []

    /// Patches up to this size are applied operation by operation, in bytes.
    private static let smallPatchByteCount = 2048

    /// - Parameters:
    ///   - document: What to go on from.
    ///   - offset: The event after which the document was so; −1: before event 0.
    package init(_ document: JSONValue, at offset: Int64) {
        self.document = document
        self.offset = offset
    }

    /// Applies one line; after an error the fold is of no use.
    ///
    /// Costs least while nobody else holds the document: then it is changed in place.
    ///
    /// - Parameter line: Without its line feed.
    /// - Returns: The event's envelope, for whoever builds more than the document.
    @discardableResult
    package mutating func apply(_ line: Span<UInt8>) throws(TableError) -> EventEnvelope {
        let event = try EventEnvelope(line: line)
        guard event.offset == self.offset + 1 else {
            throw .badEvent(offset: self.offset + 1, reason: "the journal has event \(event.offset) in its place")
        }
        do throws(JSONPatchError) {
            try self.applyPatch(line.extracting(event.patch))
        } catch {
            throw .badEvent(offset: event.offset, reason: "\(error)")
        }
        self.offset = event.offset
        return event
    }

    /// Applies a small patch of several operations as one patch each.
    ///
    /// A patch of one operation is applied from its bytes, without a tree, which is several times as quick; a move of a
    /// token has two. What makes a patch atomic isn't needed here: after an error the fold is of no use.
    private mutating func applyPatch(_ patch: Span<UInt8>) throws(JSONPatchError) {
        guard patch.count <= Self.smallPatchByteCount, PatchOperations.split(patch, into: &self.operations),
            self.operations.count > 1
        else {
            try self.document.apply(encodedPatch: patch)
            return
        }
        for operation in self.operations { try self.applySingle(patch.extracting(operation)) }
    }

    private mutating func applySingle(_ operation: Span<UInt8>) throws(JSONPatchError) {
        self.single.removeAll(keepingCapacity: true)
        self.single.append(UInt8(ascii: "["))
        for index in operation.indices { self.single.append(operation[index]) }
        self.single.append(UInt8(ascii: "]"))
        let patch = self.single
        try self.document.apply(encodedPatch: patch.span)
    }
}

extension JSONLimits {
    /// For what this program wrote itself: a whole document may be larger than anything that comes in at the door.
    static let stored = JSONLimits(byteCount: .max)
}
