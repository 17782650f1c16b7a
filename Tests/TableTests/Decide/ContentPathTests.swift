import Testing

@testable import Table

@Suite struct ContentPathTests {
    @Test(arguments: ["a", "Act 1/Cellar", "50% off", "...", "a..b/.hidden", "Höhle/龍", "#?&+", "images"])
    func ordinaryPathsAreTakenAsTheyAre(path: String) throws {
        #expect(try ContentPath.checkedFolder(path) == path)
    }

    @Test(arguments: [
        "/a", "a//b", ".", "..", "a/..", "../a", "a/./b", "a\\b", "a\u{0}", "a\u{7F}", "a\u{85}b", "/", "//",
    ])
    func pathsThatBreakARuleAreRefused(path: String) {
        #expect(throws: CommandError.self) { try ContentPath.checkedFolder(path) }
    }

    @Test func nothingMeansTheRootAndTrailingSlashesAreCut() throws {
        #expect(try ContentPath.checkedFolder(nil) == nil)
        #expect(try ContentPath.checkedFolder("") == nil)
        #expect(try ContentPath.checkedFolder("a/b//") == "a/b")
    }

    @Test func lengthsAreLimitedInBytes() throws {
        #expect(try ContentPath.checkedName(String(repeating: "a", count: 255)).utf8.count == 255)
        #expect(throws: CommandError.self) { try ContentPath.checkedName(String(repeating: "ä", count: 128)) }
        let long = Array(repeating: String(repeating: "x", count: 200), count: 6).joined(separator: "/")
        #expect(throws: CommandError.self) { try ContentPath.checkedFolder(long) }
        let folder = String(repeating: "f/", count: 450) + "f"
        #expect(throws: CommandError.self) {
            try ContentPath.checkedPath(folder: folder, name: String(repeating: "n", count: 200))
        }
    }

    @Test func aRefusalShowsThePathWithoutItsControlCharacters() throws {
        let error = #expect(throws: CommandError.self) { try ContentPath.checkedFolder("a\u{1B}[2J\nb") }
        let message = try #require(error?.message)
        #expect(!message.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test func partsOfPathsAreFoundByBytes() {
        #expect(ContentPath.components(of: "a/\u{301}b/c") == ["a", "\u{301}b", "c"])
        #expect(ContentPath.ancestors(of: "a/b/c") == ["a", "a/b"])
        #expect(ContentPath.parent(of: "a/b/c") == "a/b")
        #expect(ContentPath.parent(of: "a") == nil)
        #expect(ContentPath.lastComponent(of: "a/b") == "b")
        #expect(ContentPath.isNamed("a/b.png", "b.png") && ContentPath.isNamed("b.png", "b.png"))
        #expect(!ContentPath.isNamed("ab.png", "b.png") && !ContentPath.isNamed("a/b.png", "a/b.pn"))
        #expect(ContentPath.isAtOrBelow("Act 1/x", "Act 1"))
        #expect(!ContentPath.isAtOrBelow("Act 10", "Act 1"))
        #expect(ContentPath.rebased("Act 1/x", from: "Act 1", to: "B/C") == "B/C/x")
        #expect(ContentPath.rebased("Act 10/x", from: "Act 1", to: "B") == nil)
    }

    @Test func extensionsAreComparedWithoutCase() {
        #expect(MediaType.image(forName: "LOUD.PNG") == "image/png")
        #expect(MediaType.image(forName: "a.JpeG") == "image/jpeg")
        #expect(MediaType.image(forName: "notes.txt") == nil)
        #expect(MediaType.image(forName: "png") == nil)
        #expect(MediaType.forName("a.bin") == "text/plain; charset=utf-8")
        #expect(MediaType.isListedSound("Clash.MP3"))
        #expect(!MediaType.isListedSound("cover.ogg"))
    }
}
