import JSONDocument
import Synchronization

/// A view of the document that is made once for as long as the parts of the document that it shows stay as they are.
///
/// Whether they do is told by their storage, which every change inside replaces. Thread-safe.
package final class ViewCache<View: Sendable>: Sendable {
    private struct Kept {
        let shown: [JSONValue]
        let view: View

        func isOf(_ parts: [JSONValue]) -> Bool {
            zip(shown, parts).allSatisfy { $0.sharesStorage(with: $1) }
        }
    }

    private let members: [TableDocument.Member]
    private let make: @Sendable (JSONValue) -> View
    private let kept = Mutex<Kept?>(nil)

    /// - Parameters:
    ///   - members: All members of the document that the view is made of.
    ///   - make: Makes the view of a document.
    package init(of members: [TableDocument.Member], _ make: @escaping @Sendable (JSONValue) -> View) {
        self.members = members
        self.make = make
    }

    /// The view of a document: the kept one if it shows the same, else a new one, which is kept from now on.
    ///
    /// Two who ask at once for a view that isn't there both make it; nobody waits for another.
    package func view(of document: JSONValue) -> View {
        let parts = members.map { document[$0] }
        if let kept = kept.withLock({ $0 }), kept.isOf(parts) { return kept.view }
        let new = Kept(shown: parts, view: make(document))
        kept.withLock { $0 = new }
        return new.view
    }

    /// Lets go of a view of something else than this document, which would keep alive what isn't in the table any more.
    package func forget(unlessOf document: JSONValue) {
        let stale = kept.withLock { kept -> Kept? in
            guard let present = kept, !present.isOf(members.map { document[$0] }) else { return nil }
            return kept.take()
        }
        // Its memory is given back here, after the lock.
        _ = stale
    }
}
