import JSONDocument
import Journal
import Table

extension FuzzTarget {
    static let path = FuzzTarget("path", "names and paths that come from clients and archives") { input in
        let text = input.text
        if ContentPath.fault(inPath: text) == nil {
            try require(!text.utf8.contains(0) && !text.utf8.contains(UInt8(ascii: "\\")), "a path holds \(text)")
            for part in ContentPath.components(of: text) {
                try require(!["", ".", ".."].contains(part), "a part of a path is '\(part)'")
                try require(part.utf8.count <= ContentPath.nameByteCountMax, "a part of a path is too long")
            }
            try require(ContentPath.isNamed(text, ContentPath.lastComponent(of: text)), "another name: \(text)")
        }
        if let folder = (try? ContentPath.checkedFolder(text)) ?? nil {
            try require(ContentPath.fault(inPath: folder) == nil, "a checked folder is '\(folder)'")
        }
        guard let name = try? ContentPath.checkedName(text) else { return }
        let path = try? ContentPath.checkedPath(folder: "a", name: name)
        try require(path.map { ContentPath.fault(inPath: $0) == nil } ?? true, "a checked path is '\(path ?? "")'")
    }

    static let command = FuzzTarget("command", "commands' names and data, decided against a table") { input in
        var document = TableSample.document
        let context = DecisionContext(now: TableSample.now, makeUUID: { "00000000-0000-4000-8000-000000000001" })
        let parts = input.allParts()
        for (name, data) in zip(parts, parts.dropFirst()) {
            guard let data = JSONValue(fuzzed: data),
                let command = try? Command.parse(name: String(decoding: name, as: UTF8.self), data: data),
                let decision = try? Decider.decide(command, document: document, context: context)
            else { continue }
            for event in decision.events {
                try apply(event, to: &document)
            }
            try requireRoundTrip(of: decision.answer)
        }
    }

    /// An event does to the document what a replay of its line would.
    private static func apply(_ event: EventContent, to document: inout JSONValue) throws {
        try require(!event.patch.isEmpty, "\(event.type) changes nothing")
        var replayed = document
        do {
            try document.apply(event.patch)
            let text = event.patch.serialized()
            try replayed.apply(encodedPatch: text.span)
        } catch {
            throw BrokenLaw(description: "\(event.type) can't be replayed: \(error): \(event.patch.jsonValue.text)")
        }
        try require(replayed.text == document.text, "\(event.type) is replayed otherwise")
        for (member, _) in TableDocument.empty.members ?? [] {
            try require(document[member] != nil, "\(event.type) took \(member) away")
        }
        try requireRoundTrip(of: event.data)
    }
}

/// A table with something of everything.
private enum TableSample {
    /// 2026-11-23T06:40:00Z.
    static let now = JournalTime(milliseconds: 1_795_416_000_000)

    static let document: JSONValue = {
        let blob = #"{"blob":"\#(String(repeating: "a", count: 64))","size":1,"mediaType":"image/png"}"#
        let scene = """
            {"id":"s1","name":"Crypt","folder":"Act 1","maps":[{"name":"crypt.png","folder":"Act 1"}],
            "activeMapId":"crypt.png","initiativeOrder":[{"id":"t1","x":1},{"id":"t2","x":2}],"images":[]}
            """
        let text = """
            {"live":\(scene),"viewer":{"blank":false,"rotated":false,"nightMode":{"enabled":false,"brightness":1}},
            "scenes":{"s1":\(scene)},"sceneImages":{},"sceneFolders":{"Act 1":{},"Act 1/Cellar":{}},
            "maps":{"Act 1/crypt.png":\(blob),"top.png":\(blob)},"mapData":{"Act 1/crypt.png":{"name":"crypt.png"}},
            "mapFolders":{"Act 1":{},"B":{}},"sounds":{"loop/A/a.mp3":\(blob)},
            "audio":{"music":{"sound":"loop/A/a.mp3","playing":true,"position":1,"since":"2026-11-23T06:39:00.000Z",
            "volume":0.8}}}
            """
        do {
            return try JSONValue.parse(text: text)
        } catch {
            preconditionFailure("the sample is JSON: \(error)")
        }
    }()
}
