import JSONDocument

/// Patches for a document of an array and an object, whose values are the events' numbers.
struct RandomEdits {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    private mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(1, bound)
    }

    mutating func patch(for document: JSONValue, event: Int) -> JSONPatch {
        let count = document["a"]?.count ?? 0
        let array = JSONPointer(tokens: ["a"])
        let names = (document["o"]?.members ?? []).map(\.key)
        let name = JSONPointer(tokens: ["o", "k\(below(4))"])
        switch below(7) {
        case 0 where count > 0: return JSONPatch([.remove(array.appending(below(count)))])
        case 1 where count > 0:
            return JSONPatch([.replace(array.appending(below(count)).appending("v"), .number(event))])
        case 2 where count > 1:
            return JSONPatch([.move(from: array.appending(below(count)), to: array.appending(below(count)))])
        case 3: return JSONPatch([.add(array.appending("-"), ["v": .number(event)])])
        case 4: return JSONPatch([.add(name, .number(event))])
        case 5 where !names.isEmpty:
            let from = JSONPointer(tokens: ["o", names[below(names.count)]])
            return JSONPatch([.move(from: from, to: name), .add(array.appending(0), ["v": .number(event)])])
        default:
            return JSONPatch([
                .add(
                    array.appending(below(count + 1)),
                    ["name": .string("t\(below(5))"), "v": .number(event), "w": [.number(event)]])
            ])
        }
    }
}
