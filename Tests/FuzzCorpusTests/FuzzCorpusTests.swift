import FuzzTargets
import Journal
import Testing

/// Every input that a fuzzer or a person found worth keeping, through the body that it is for (`Tools/fuzz` finds more).
///
/// A crash here ends the whole test run: the last test that began names the target.
@Suite struct FuzzCorpusTests {
    /// `Tests/Corpus`, beside this test's folder.
    private static let corpus = parentFolder(of: parentFolder(of: #filePath)) + "/Corpus"
    private static let files = PosixFileSystem()

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `every kept input is read or refused, and breaks no law`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try Self.files.list("\(Self.corpus)/\(name)")
        #expect(!inputs.isEmpty)
        for input in inputs {
            let bytes = try #require(try Self.files.contents(of: "\(Self.corpus)/\(name)/\(input)"))
            do {
                try target.run(bytes)
            } catch {
                Issue.record("\(input): \(error)")
            }
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `no bytes at all are an input too`(name: String) throws {
        try #require(FuzzTarget.named(name)).run([])
    }

    @Test func `every folder of the corpus belongs to a target`() throws {
        let folders = try Set(Self.files.list(Self.corpus)).subtracting(["README.md"])
        #expect(folders == Set(FuzzTarget.all.map(\.name)))
    }

    @Test func `a broken law is told`() {
        #expect(throws: BrokenLaw.self) { try FuzzTarget.brokenOnPurpose.run([1]) }
    }
}
