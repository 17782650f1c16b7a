import Foundation
import JSONDocument
import Table
import Testing

@testable import TableServer

@Suite struct AudioRouteTests {
    private let sound: [UInt8] = Array("ID3".utf8) + [UInt8](repeating: 7, count: 97)

    @Test func `a sound is uploaded, moved and removed`() async throws {
        try await TestServer.run { server in
            let upload = try await server.send(
                form: "/audio/upload",
                [("category", nil, Array("loop".utf8)), ("folder", nil, Array("Inn".utf8)), ("file", "a.mp3", sound)])
            #expect(upload.status == 200, "\(upload.text)")
            #expect(upload.headers["spell-offset"] == "0")
            #expect(try await server.send("GET", "/audio/file/loop/Inn/a.mp3").body == sound)
            let moved = try await server.send("PUT", "/audio/move/loop/Inn/a.mp3", json: #"{"path":"Inn/b.mp3"}"#)
            #expect(moved.status == 200, "\(moved.text)")
            #expect(try await server.send("GET", "/audio/file/loop/Inn/a.mp3").status == 404)
            #expect(try await server.send("DELETE", "/audio/file/loop/Inn/b.mp3").status == 200)
            #expect(try await server.send("DELETE", "/audio/file/loop/Inn/b.mp3").status == 404)
        }
    }

    @Test func `an upload needs a category, a sound and a name`() async throws {
        try await TestServer.run { server in
            let file = (name: "file", fileName: Optional("a.mp3"), content: sound)
            #expect(try await server.send(form: "/audio/upload", [file]).status == 422)
            let category = (name: "category", fileName: String?.none, content: Array("music".utf8))
            let refused = try await server.send(form: "/audio/upload", [category, file])
            #expect(refused.detail == "Invalid category. Must be 'loop' or 'oneshot'")
            let loop = (name: "category", fileName: String?.none, content: Array("loop".utf8))
            for (name, status) in [("a.exe", 415), ("../a.mp3", 400), ("", 415)] {
                let answer = try await server.send(form: "/audio/upload", [loop, ("file", name, sound)])
                #expect(answer.status == status, "\(name): \(answer.text)")
            }
            #expect(server.table.committed.offset == -1)
        }
    }

    @Test func `what is put into the sounds folder is there at the next look`() async throws {
        try await TestServer.run { server in
            #expect(try await server.send("GET", "/audio/list").text == #"{"loop":{},"oneshot":{}}"#)
            let folder = server.soundsFolder + "/oneshot/Swords"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(sound).write(to: URL(fileURLWithPath: folder + "/clash.mp3"))
            let file = try await server.send(
                "GET", "/audio/file/oneshot/Swords/clash.mp3", headers: ["range": "bytes=0-2"])
            #expect(file.status == 206)
            #expect(file.text == "ID3")
            #expect(file.headers["cache-control"] == "public, max-age=86400")
            #expect(file.headers["access-control-allow-origin"] == "*")
            let list = try await server.send("GET", "/audio/list").json
            #expect(list["oneshot"]?["Swords"]?[0]?["name"]?.stringValue == "Clash")
            // The folder is only ever added from.
            try FileManager.default.removeItem(atPath: folder)
            #expect(try await server.send("GET", "/audio/list").json == list)
        }
    }

    @Test func `playback is part of the table`() async throws {
        try await TestServer.run { server in
            try await server.send(
                form: "/audio/upload", [("category", nil, Array("loop".utf8)), ("file", "a.mp3", sound)])
            #expect(try await server.send("GET", "/audio/playback").text == #"{"music":null}"#)
            let play = try await server.send(
                "POST", "/audio/playback", json: #"{"action":"play","sound":"loop/a.mp3","volume":0.5}"#)
            #expect(play.status == 200, "\(play.text)")
            let music = try #require(try await server.send("GET", "/audio/playback").json["music"])
            #expect(music["sound"]?.stringValue == "loop/a.mp3")
            #expect(music["playing"]?.boolValue == true)
            #expect(try await server.send("POST", "/audio/playback", json: #"{"action":"dance"}"#).status == 422)
            #expect(
                try await server.send("POST", "/audio/playback", json: #"{"action":"play","sound":"loop/x.mp3"}"#)
                    .status == 404)
        }
    }

    @Test func `a malformed range is ignored, as RFC 9110 wants`() async throws {
        try await TestServer.run { server in
            try await server.send(
                form: "/audio/upload", [("category", nil, Array("loop".utf8)), ("file", "a.mp3", sound)])
            let answer = try await server.send("GET", "/audio/file/loop/a.mp3", headers: ["range": "lines=1-2"])
            #expect(answer.status == 200)
            #expect(answer.body == sound)
        }
    }
}
