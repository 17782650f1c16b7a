import JSONDocument
import Journal

/// Folds a journal's lines into the document; replaying is applying patches, nothing else.
package struct DocumentFold: Sendable {
    package private(set) var document: JSONValue
    /// The newest event in `document`.
    package private(set) var offset: Int64

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
        EventEnvelope(try self.advance(line), line)
    }

    /// The same for those who need no texts of the envelope: nothing is allocated for them.
    ///
    /// - Returns: Where the line's parts stand.
    @discardableResult
    package mutating func advance(_ line: Span<UInt8>) throws(TableError) -> EventLayout {
        let event = try EventLayout(line: line)
        guard event.offset == self.offset + 1 else {
            throw .badEvent(offset: self.offset + 1, reason: "the journal has event \(event.offset) in its place")
        }
        do throws(JSONPatchError) {
            try self.document.apply(encodedPatch: line.extracting(event.patch))
        } catch {
            throw .badEvent(offset: event.offset, reason: "\(error)")
        }
        self.offset = event.offset
        return event
    }
}

extension JSONLimits {
    /// For what this program wrote itself: a whole document may be larger than anything that comes in at the door.
    static let stored = JSONLimits(byteCount: .max)
}
