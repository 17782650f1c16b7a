import JSONDocument
import Sync

extension FuzzTarget {
    static let resumeRequest = FuzzTarget("resume-request", "the query of a WebSocket URL") { input in
        let request = ResumeRequest.parse(query: input.text)
        if let after = request.after { try require(after >= -1, "after \(after)") }
        if let chain = request.chain {
            try require(chain.offset >= -1 && chain.short.utf8.count == 16, "a chain of \(chain)")
        }
        for newest in [-1, 0, 41] as [Int64] {
            let facts = ResumeFacts(
                journal: "0b8f9f3e-6a52-4a4e-9d5e-1c2d3e4f5a6b", newestOffset: newest,
                chain: { $0 <= newest ? "0123456789abcdef" : nil }, tailByteCount: { _ in 0 },
                snapshotByteCount: { 2 })
            if case .resume(let after) = ResumeDecision.decide(request, facts: facts) {
                try require((-1...newest).contains(after), "resumed after \(after) of \(newest)")
            }
        }
    }

    static let clientMessage = FuzzTarget("client-message", "a text message of an event client") { input in
        let lines = ClientMessage.parse(input.bytes)
        try require(!lines.isEmpty, "a message without an answer")
        try require(lines.count <= ClientMessage.lineCountMax + 1, "\(lines.count) answers")
        for line in lines {
            switch line {
            case .command(let id, let name, let data, let ifOffset):
                try require((1...128).contains(id.utf8.count) && !name.isEmpty, "a command without id or name")
                try require(data.isObject && ifOffset ?? -1 >= -1, "a command with \(data.text)")
                try requireRoundTrip(of: data)
            case .effect(let message): try requireRoundTrip(of: message)
            case .ping: break
            case .invalid(let code, let message, _):
                try require(!code.isEmpty && !message.isEmpty, "an error that says nothing")
            }
        }
    }

    static let plainMessages = FuzzTarget("plain-messages", "text messages of a plain client, one after the other") {
        input in
        var reader = PlainReader()
        for message in input.allParts() {
            let read = reader.read(message)
            let alone = PlainMessage.parse(message)
            try require(read == alone, "read after others, a message is another one: \(read), not \(alone)")
            if case .sceneUpdate(let scene) = read {
                try require(scene.isObject, "a scene that is no object")
                try requireRoundTrip(of: scene)
            }
        }
    }
}
