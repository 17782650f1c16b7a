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

    @Test(arguments: ["place", "condition"])
    func `kept inputs with a byte changed here and there break no law`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        var state: UInt64 = 20
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, bound)
        }
        let signs = Array("()\"'/~ =<>!,0-.e\\ntrue not in live".utf8)
        for input in try Self.files.list("\(Self.corpus)/\(name)").sorted() {
            let bytes = try #require(try Self.files.contents(of: "\(Self.corpus)/\(name)/\(input)"))
            for _ in 0..<200 {
                var damaged = bytes
                for _ in 0...below(3) {
                    let at = below(min(damaged.count, below(2) == 0 ? 40 : damaged.count) + 1)
                    switch below(3) {
                    case 0: damaged.insert(signs[below(signs.count)], at: min(at, damaged.count))
                    case 1 where at < damaged.count: damaged.remove(at: at)
                    default: if at < damaged.count { damaged[at] = signs[below(signs.count)] }
                    }
                }
                do {
                    try target.run(damaged)
                } catch {
                    Issue.record("\(input): \(error): \(String(decoding: damaged.prefix(200), as: UTF8.self))")
                }
            }
        }
    }

    @Test func `every folder of the corpus belongs to a target`() throws {
        let folders = try Set(Self.files.list(Self.corpus)).subtracting(["README.md"])
        #expect(folders == Set(FuzzTarget.all.map(\.name)))
    }

    @Test func `a broken law is told`() {
        #expect(throws: BrokenLaw.self) { try FuzzTarget.brokenOnPurpose.run([1]) }
    }
}
