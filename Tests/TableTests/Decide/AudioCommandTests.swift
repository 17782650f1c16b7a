import JSONDocument
import Testing

@testable import Table

@Suite struct AudioCommandTests {
    private func table(_ paths: String...) throws -> DecideFixture {
        var table = DecideFixture()
        for path in paths { try table.run(.soundAdd(path: path, blob: DecideFixture.mp3)) }
        return table
    }

    private func music(_ table: DecideFixture) -> JSONValue { AudioViews.playback(table.document)["music"] ?? .null }

    // MARK: Views

    @Test func soundsAreListedByCategoryAndFolder() throws {
        let table = try table(
            "loop/Tavern/deep-rain_storm.mp3", "loop/Tavern/Night Ambience/owl-call.mp3", "loop/Tavern/cover.ogg",
            "loop/top.mp3", "oneshot/Swords/Clash.MP3")
        let list = AudioViews.list(table.document)
        #expect(list["loop"]?.members?.map(\.key) == ["", "Tavern", "Tavern/Night Ambience"])
        #expect(
            list["loop"]?["Tavern"]?.text == """
                [{"id":"tavern-deep-rain_storm","name":"Deep Rain_Storm","type":"music",\
                "url":"/audio/file/loop/Tavern/deep-rain_storm.mp3","loop":true,"randomize":true,\
                "path":"Tavern/deep-rain_storm.mp3"}]
                """)
        #expect(list["loop"]?["Tavern/Night Ambience"]?[0]?["id"] == "tavern-night_ambience-owl-call")
        #expect(
            list["oneshot"]?["Swords"]?[0]?.text == """
                {"id":"swords-clash","name":"Clash","type":"effect","url":"/audio/file/oneshot/Swords/Clash.MP3",\
                "loop":false,"randomize":false,"path":"Swords/Clash.MP3"}
                """)
        #expect(AudioViews.list(TableDocument.empty).text == #"{"loop":{},"oneshot":{}}"#)
    }

    @Test(arguments: [
        ("2nd.mp3", "2Nd"), ("clash's.mp3", "Clash'S"), ("deep-rain_storm.mp3", "Deep Rain_Storm"),
        ("LOUD noise.mp3", "Loud Noise"), ("a.b.mp3", "A.B"), ("über-ähre.mp3", "Über Ähre"), ("ßa.mp3", "Ssa"),
    ])
    func titlesAreWrittenAsTheContractShows(file: String, title: String) {
        #expect(AudioViews.title(file) == title)
    }

    @Test func anySoundFileIsFoundButNoFolder() throws {
        let table = try table("loop/Tavern/cover.ogg")
        #expect(AudioViews.file(table.document, category: "loop", path: "Tavern/cover.ogg") != nil)
        for path in ["Tavern", "", "../loop/Tavern/cover.ogg", "/etc/passwd"] {
            #expect(AudioViews.file(table.document, category: "loop", path: path) == nil)
        }
    }

    // MARK: Files

    @Test func addingTheSameAgainChangesNothing() throws {
        var table = try table("loop/a.mp3")
        #expect(try table.run(.soundAdd(path: "loop/a.mp3", blob: DecideFixture.mp3)).events.isEmpty)
        let other = BlobReference(sha256: "d", size: 1, mediaType: "audio/mpeg")
        #expect(try table.run(.soundAdd(path: "loop/a.mp3", blob: other)).type == "sound.added")
    }

    @Test(arguments: ["music/x.mp3", "loop", "loop/", "x.mp3", "loop/../x.mp3", "loop//x.mp3", "loop/a\u{0}.mp3"])
    func pathsOutsideTheCategoriesAreRefused(path: String) {
        #expect(DecideFixture().refusal(of: .soundAdd(path: path, blob: DecideFixture.mp3))?.code == .invalid)
    }

    @Test func theTextsOfTheContractAreKept() throws {
        let table = try table("loop/a.mp3")
        let category = CommandError(.invalid, "Invalid category. Must be 'loop' or 'oneshot'")
        #expect(table.refusal(of: "sound.remove", ["path": "music/a.mp3"]) == category)
        #expect(throws: category) { try SoundPath.checked(category: "music", folder: nil, name: "x.mp3") }
        #expect(
            table.refusal(of: "sound.remove", ["path": "loop/missing/file.mp3"])
                == CommandError(.notFound, "Audio file not found: missing/file.mp3"))
        #expect(try SoundPath.checked(category: "loop", folder: "", name: "x.mp3") == "loop/x.mp3")
        #expect(try SoundPath.checked(category: "loop", folder: "A/B", name: "x.mp3") == "loop/A/B/x.mp3")
    }

    @Test func aMoveTakesThePlayingSoundAlong() throws {
        var table = try table("loop/a.mp3", "loop/b.mp3")
        try table.run("audio.play", ["sound": "loop/a.mp3"])
        #expect(
            table.refusal(of: "sound.move", ["path": "loop/a.mp3", "to": "loop/b.mp3"])
                == CommandError(.conflict, "A file named 'b.mp3' already exists"))
        let decision = try table.run("sound.move", ["path": "New/c.mp3"], ["path": "loop/a.mp3"])
        #expect(decision.type == "sound.moved")
        #expect(table.document.keys(.sounds).sorted() == ["loop/New/c.mp3", "loop/b.mp3"])
        #expect(music(table)["sound"] == "loop/New/c.mp3")
        try table.run("sound.move", ["path": "loop/New/c.mp3", "to": "oneshot/c.mp3"])
        #expect(music(table)["sound"] == "oneshot/c.mp3")
        #expect(try table.run("sound.move", ["path": "loop/b.mp3", "to": "loop/b.mp3"]).events.isEmpty)
    }

    @Test func removingThePlayingSoundStopsIt() throws {
        var table = try table("loop/a.mp3")
        try table.run("audio.play", ["sound": "loop/a.mp3"])
        #expect(try table.run("sound.remove", ["path": "loop/a.mp3"]).type == "sound.removed")
        #expect(music(table).isNull)
    }

    // MARK: Playback

    @Test func aPauseKnowsWhereTheSoundIs() throws {
        var table = try table("loop/a.mp3")
        let played = try table.run(
            "audio.play", ["sound": "loop/a.mp3", "position": .decimal("12.5"), "volume": .decimal("0.8")])
        #expect(played.type == "audio.played")
        #expect(
            music(table).text == """
                {"sound":"loop/a.mp3","playing":true,"position":12.5,"since":"2026-11-23T06:40:00.000Z","volume":0.8}
                """)
        table.elapsed = 30_250
        #expect(try table.run("audio.pause").type == "audio.paused")
        #expect(music(table)["position"]?.numberText == "42.75")
        #expect(music(table)["playing"] == false)
        #expect(try table.run("audio.pause").events.isEmpty)
        table.elapsed = 60_000
        try table.run("audio.play")
        #expect(music(table)["position"]?.numberText == "42.75")
        table.elapsed = 61_001
        try table.run("audio.pause")
        #expect(music(table)["position"]?.numberText == "43.751")
    }

    @Test func playingOnChangesNothingAndAnotherSoundStartsAnew() throws {
        var table = try table("loop/a.mp3", "loop/b.mp3")
        try table.run("audio.play", ["sound": "loop/a.mp3", "volume": .decimal("0.5")])
        table.elapsed = 5000
        #expect(try table.run("audio.play", ["sound": "loop/a.mp3"]).events.isEmpty)
        try table.run("audio.play", ["sound": "loop/b.mp3"])
        #expect(music(table)["position"]?.numberText == "0")
        #expect(music(table)["volume"] == .decimal("0.5"))
        try table.run("audio.play", ["position": 7])
        #expect(music(table)["position"]?.numberText == "7")
    }

    @Test func volumeAndStopAreSmallEvents() throws {
        var table = try table("loop/a.mp3")
        #expect(table.refusal(of: "audio.volume", ["volume": .decimal("0.5")])?.code == .invalid)
        #expect(table.refusal(of: "audio.play", [:])?.code == .invalid)
        try table.run("audio.play", ["sound": "loop/a.mp3"])
        let volume = try table.run("audio.playback", ["action": "volume", "volume": .decimal("0.25")])
        #expect(volume.type == "audio.volume-changed")
        #expect(volume.patchByteCount < 80)
        #expect(try table.run("audio.volume", ["volume": .decimal("0.250")]).events.isEmpty)
        #expect(try table.run("audio.stop").type == "audio.stopped")
        #expect(try table.run("audio.stop").events.isEmpty)
        #expect(music(table).isNull)
    }

    @Test func playbackFieldsAreChecked() throws {
        let table = try table("loop/a.mp3")
        func types(_ name: String, _ data: JSONValue) -> [String] {
            (table.refusal(of: name, data)?.fields ?? []).map(\.type)
        }
        #expect(types("audio.play", ["sound": 1, "position": -1]) == ["string_type", "greater_than_equal"])
        #expect(types("audio.play", ["volume": .decimal("1.5")]) == ["less_than_equal"])
        #expect(types("audio.play", ["position": "x"]) == ["float_type"])
        #expect(types("audio.volume", [:]) == ["missing"])
        #expect(types("audio.volume", ["volume": .null]) == ["float_type"])
        #expect(types("audio.playback", ["action": "rewind"]) == ["literal_error"])
        #expect(types("audio.playback", [:]) == ["missing"])
    }
}
