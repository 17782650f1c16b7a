/// One thing that reads bytes from outside, with the laws that must hold whatever the bytes are.
///
/// The same bodies are run by the tests, over the files of `Tests/Corpus`, and by libFuzzer (`Tools/fuzz`).
package struct FuzzTarget: Sendable {
    /// As the command line and the corpus's folder call it.
    package let name: String
    /// What is read, in a few words.
    package let summary: String
    private let body: @Sendable (FuzzInput) throws -> Void

    init(_ name: String, _ summary: String, _ body: @escaping @Sendable (FuzzInput) throws -> Void) {
        self.name = name
        self.summary = summary
        self.body = body
    }

    /// Reads `bytes` and checks the laws.
    ///
    /// - Throws: ``BrokenLaw``; nothing else, as a refusal by the code under test is a right answer.
    package func run(_ bytes: [UInt8]) throws {
        try body(FuzzInput(bytes: bytes))
    }

    /// One whose law never holds, to try what becomes of that.
    package static let brokenOnPurpose = FuzzTarget("broken-on-purpose", "nothing") { input in
        throw BrokenLaw(description: "\(input.bytes.count) bytes are never right")
    }

    /// The target of that name.
    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Something that must hold doesn't.
package struct BrokenLaw: Error, CustomStringConvertible {
    package let description: String
}

/// - Throws: ``BrokenLaw`` with the text where `condition` is false.
func require(_ condition: Bool, _ law: @autoclosure () -> String) throws {
    if !condition { throw BrokenLaw(description: law()) }
}
