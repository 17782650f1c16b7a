import JSONDocument

/// What a place *is*, so that it can be found again at another moment, when it may stand elsewhere.
///
/// A pointer names an element of an array by its index, and indexes shift whenever something before them comes or goes.
/// An identity names it by who it is:
///
/// - An element of an array is known by its `id` (a text or number), else by its `name` (a text), and, where several have the
///   same, by which of them it is, counted from the first (`ElementKey`). One that has neither is known by its index.
/// - A member of an object is known by its name.
/// - What is inside the live scene belongs to the scene of that `id`: it is found in `/live` while that scene is on the
///   table, and in `/scenes/<id>` otherwise. So a token stays the same token when its scene leaves the table and comes
///   back. `/live` itself is the place on the table, whichever scene lies there, and a pointer that begins with
///   `/scenes` means the saved scene always.
///
/// What is known by a path (maps, folders, sounds) has another identity after a rename or move; ``PlaceTrail`` follows
/// those by the events' `move` operations.
package struct PlaceIdentity: Hashable, Sendable {
    /// Where the steps begin.
    package enum Anchor: Hashable, Sendable {
        /// At the document's root.
        case document
        /// In the scene of this id: the live one if it is that, else the saved one.
        case scene(id: String)
    }

    /// One step down.
    package enum Step: Hashable, Sendable {
        case member(String)
        case element(ElementKey)
        /// By index: an element without `id` and `name`, or one that isn't there.
        case position(Int)
    }

    package let anchor: Anchor
    package let steps: [Step]

    /// The identity of what `pointer` leads to in a document.
    ///
    /// Where it leads nowhere, the rest of its way is taken as it is written.
    package init(_ pointer: JSONPointer, in document: JSONValue) {
        var tokens = pointer.tokens[...]
        var value: JSONValue? = document
        if tokens.count > 1, tokens.first == "live", let id = document["live"].flatMap(Self.sceneID) {
            (anchor, value, tokens) = (.scene(id: id), document["live"], tokens.dropFirst())
        } else {
            anchor = .document
        }
        var steps: [Step] = []
        for token in tokens {
            steps.append(Self.step(token, in: value))
            value = value?.child(token)
        }
        self.steps = steps
    }

    /// Whatever stands at the pointer at any moment, be it another element or in another scene.
    package init(literally pointer: JSONPointer) {
        anchor = .document
        steps = pointer.tokens.map { .member($0) }
    }

    /// What `tail` leads to in this, by names and indexes as they are written.
    package func appending(_ tail: JSONPointer) -> PlaceIdentity {
        PlaceIdentity(anchor: anchor, steps: steps + tail.tokens.map { .member($0) })
    }

    /// One made of its parts.
    package init(anchor: Anchor, steps: [Step]) {
        self.anchor = anchor
        self.steps = steps
    }

    /// The names of the steps before the first element of an array.
    var leadingNames: [String] {
        var names: [String] = []
        for case .member(let name) in steps.prefix(while: \.isMember) { names.append(name) }
        return names
    }

    /// Where it stands in a document; nil if it isn't there.
    package func pointer(in document: JSONValue) -> JSONPointer? { follow(from: base(in: document), in: document) }

    /// Where the steps begin in a document.
    ///
    /// A token that is gone from the live scene is gone, though the saved scene may still hold a copy: only one stands.
    func base(in document: JSONValue) -> JSONPointer {
        switch anchor {
        case .document: .root
        case .scene(let id):
            document["live"].flatMap(Self.sceneID) == id
                ? JSONPointer(tokens: ["live"]) : JSONPointer(tokens: ["scenes", id])
        }
    }

    private func follow(from base: JSONPointer, in document: JSONValue) -> JSONPointer? {
        guard var value = document.value(at: base) else { return nil }
        var pointer = base
        for step in steps {
            guard let token = Self.token(of: step, in: value), let next = value.child(token) else { return nil }
            pointer = pointer.appending(token)
            value = next
        }
        return pointer
    }

    private static func step(_ token: String, in value: JSONValue?) -> Step {
        guard let elements = value?.elements, let index = Int(token) else { return .member(token) }
        return ElementKey(ofElement: index, of: elements).map { .element($0) } ?? .position(index)
    }

    private static func token(of step: Step, in value: JSONValue) -> String? {
        switch step {
        case .member(let name): name
        case .position(let index): String(index)
        case .element(let key): value.elements.flatMap(key.index).map { String($0) }
        }
    }

    /// A scene's `id` as the library's member name; nil for what is no scene or has none.
    static func sceneID(of scene: JSONValue) -> String? {
        scene["id"].flatMap { $0.stringValue ?? $0.numberText }
    }
}

extension PlaceIdentity.Step {
    fileprivate var isMember: Bool {
        if case .member = self { true } else { false }
    }
}
