import JSONDocument

/// A list of things in a scene, and the words for them.
struct ToldList {
    /// What one is called in ``ToldChange/kind``.
    let noun: String
    /// The scene's member, for ``PlaceLabel/elementName(_:list:index:)``.
    let member: String
    /// What is said of one that came, that went.
    let came: (verb: String, sentence: String)
    let went: (verb: String, sentence: String)
    /// What is said where the same ones stand in another order.
    let reordered: String

    static let maps = ToldList(
        noun: "token", member: "maps", came: ("appeared", "appeared"), went: ("removed", "was removed"),
        reordered: "the order in which things lie on each other changed")
    static let fighters = ToldList(
        noun: "token", member: "initiativeOrder", came: ("appeared", "joined the fight"),
        went: ("removed", "left the fight"), reordered: "the order of initiative changed")
    static let areas = ToldList(
        noun: "area", member: "aoeMarkers", came: ("appeared", "appeared"), went: ("removed", "was removed"),
        reordered: "the order of the areas changed")
    static let fog = ToldList(
        noun: "fog", member: "fogOfWar", came: ("laid", "was laid"), went: ("revealed", "was revealed"),
        reordered: "the order of the fog areas changed")
    static let images = ToldList(
        noun: "image", member: "images", came: ("added", "was added"), went: ("removed", "was removed"),
        reordered: "the order of the images changed")

    /// `Goblin 3`; `image a.png`.
    func name(of element: JSONValue, at index: Int) -> String {
        let name = PlaceLabel.elementName(element, list: member, index: index)
        return member == "images" ? "image \(name)" : name
    }
}

extension TableTelling {
    /// Tells a list whose elements are known by `id` or `name`; others are told by their pointers.
    mutating func tellList(_ list: Difference, _ words: ToldList) -> Bool {
        // A list that wasn't there was empty.
        let old = list.old.map(\.elements) ?? []
        let new = list.new.map(\.elements) ?? []
        guard let old, let new else { return false }
        if tellInPlace(old, new, at: list.pointer, words) { return true }
        guard let before = ElementKey.all(of: old), let after = ElementKey.all(of: new), !old.isEmpty || !new.isEmpty
        else { return false }
        var places: [ElementKey: Int] = [:]
        for (index, key) in before.enumerated() { places[key] = index }
        let kept = Set(after)
        var gone = before.indices.filter { !kept.contains(before[$0]) }
        for (index, key) in after.enumerated() {
            let pointer = list.pointer.appending(index)
            if let was = places[key] {
                tellElement(Difference(old: old[was], new: new[index], pointer: pointer), words, at: index)
            } else {
                let was = gone.firstIndex { Self.isRenamed(old[$0], new[index]) }.map { old[gone.remove(at: $0)] }
                tellNew(new[index], renamed: was, words, at: index, pointer)
            }
        }
        for index in gone {
            let (name, pointer) = (words.name(of: old[index], at: index), list.pointer.appending(index))
            say("\(words.noun).\(words.went.verb)", "\(name) \(words.went.sentence)", at: pointer, .went)
        }
        let order = after.compactMap { places[$0] }
        if order != order.sorted() { say("\(words.noun).reordered", words.reordered, at: list.pointer) }
        return true
    }

    /// Tells a list in which nothing came, went or moved: nearly always so, and cheaper told than by keys.
    ///
    /// - Returns: Whether it is one; all of its elements have to be known by something, as for the others.
    private mutating func tellInPlace(
        _ old: [JSONValue], _ new: [JSONValue], at pointer: JSONPointer, _ words: ToldList
    ) -> Bool {
        guard old.count == new.count else { return false }
        let differing = old.indices.filter { old[$0] != new[$0] }
        guard !differing.isEmpty, old.allSatisfy({ ElementIdentity(of: $0) != nil }),
            differing.allSatisfy({ ElementIdentity(of: old[$0]) == ElementIdentity(of: new[$0]) })
        else { return false }
        for index in differing {
            let element = Difference(old: old[index], new: new[index], pointer: pointer.appending(index))
            tellElement(element, words, at: index)
        }
        return true
    }

    private mutating func tellNew(
        _ element: JSONValue, renamed old: JSONValue?, _ words: ToldList, at index: Int, _ pointer: JSONPointer
    ) {
        let name = words.name(of: element, at: index)
        guard let old else {
            return say("\(words.noun).\(words.came.verb)", "\(name) \(words.came.sentence)", at: pointer, .came)
        }
        say("\(words.noun).renamed", "\(words.name(of: old, at: index)) was renamed to \(name)", at: pointer)
    }

    /// Whether two things known by name differ in it alone.
    private static func isRenamed(_ old: JSONValue, _ new: JSONValue) -> Bool {
        guard old["id"] == nil, new["id"] == nil, old.count > 1, let name = new["name"], old["name"] != nil else {
            return false
        }
        var renamed = old
        renamed.setMember("name", to: name)
        return renamed == new
    }

    private mutating func tellElement(_ element: Difference, _ words: ToldList, at index: Int) {
        guard element.old != element.new, let new = element.new else { return }
        let name = words.name(of: new, at: index)
        subject = name
        defer { subject = nil }
        let noun = words.noun
        members(element, Self.tellers(noun, name) + [("data", { $0.tellData($1, noun, name) })])
    }

    /// A map's place and look on the table.
    mutating func tellData(_ data: Difference, _ noun: String, _ name: String) -> Bool {
        guard data.old?.isObject == true, data.new?.isObject == true else { return false }
        members(data, Self.tellers(noun, name))
        return true
    }

    private static func tellers(_ noun: String, _ name: String) -> [(name: String, tell: Teller)] {
        let place: Teller = { $0.tellMove($1, noun, name) }
        return [
            ("position", place), ("mapPosition", place), ("name", { $0.tellRename($1, noun, name) }),
            ("label", { $0.tellRename($1, noun, name) }), ("folder", { $0.tellFolder($1, name) }),
            ("scale", { $0.tellNumber($1, "\(noun).scaled", "\(name) was scaled") }),
            ("rotation", { $0.tellNumber($1, "\(noun).rotated", "\(name) was rotated") }),
            ("isHidden", { $0.tellFlag($1, noun, on: "hidden", off: "revealed", "\(name) was") }),
            ("revealed", { $0.tellFlag($1, noun, on: "revealed", off: "hidden", "\(name) was") }),
            ("initiative", { $0.tellNumber($1, "\(noun).initiative-changed", "\(name)'s initiative changed") }),
            ("hp", { $0.tellHealth($1, noun, name) }), ("isCurrentTurn", { $0.tellTurn($1, name) }),
            ("isKilled", { $0.tellFlag($1, noun, on: "killed", off: "revived", "\(name) was") }),
        ]
    }

    private mutating func tellMove(_ place: Difference, _ noun: String, _ name: String) -> Bool {
        guard let old = place.old, let new = place.new, let move = ShownNumber.move(old, new) else { return false }
        say("\(noun).moved", "\(name) moved \(move)", at: place.pointer)
        members(place, ["x", "y"].map { (name: $0, tell: { _, member in member.old != nil && member.new != nil }) })
        return true
    }

    private mutating func tellHealth(_ health: Difference, _ noun: String, _ name: String) -> Bool {
        guard let old = health.old?.doubleValue, let new = health.new?.doubleValue, old != new else { return false }
        let verb = new > old ? "healed" : "hurt"
        let amount = ShownNumber.text((new - old).magnitude)
        let sentence = "\(name) was \(verb) by \(amount): hp \(ShownNumber.change(old, new))"
        say("\(noun).\(verb)", sentence, at: health.pointer)
        return true
    }

    private mutating func tellTurn(_ turn: Difference, _ name: String) -> Bool {
        guard let isOn = turn.new?.boolValue, turn.old?.boolValue == !isOn else { return false }
        let sentence = isOn ? "it is \(name)'s turn" : "\(name)'s turn is over"
        say("turn.\(isOn ? "began" : "ended")", sentence, at: turn.pointer)
        return true
    }
}
