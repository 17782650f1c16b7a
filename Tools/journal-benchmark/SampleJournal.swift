import Foundation
import Journal
import Table

/// A token's move: the small event that tables make most.
func move(_ step: Int, actor: String = "dm@192.168.1.20") -> EventDraft {
    let path = "/live/maps/\(step % 60)/data/position/x"
    return EventDraft(
        type: "live.changed", actor: actor, data: Array("{}".utf8),
        patch: Array(#"[{"op":"replace","path":"\#(path)","value":\#(step % 997).5}]"#.utf8))
}

/// A scene of sixty tokens, some 17 KB.
func liveScene(id: String = "crypt", name: String = "The Crypt") -> String {
    let maps = (0..<60).map { index in
        """
        {"name":"token-\(index).png","data":{"position":{"x":\(index),"y":1},"scale":1.25,"rotation":0,"isHidden":\
        false,"notes":"\(String(repeating: "a goblin guards this door ", count: 8))"}}
        """
    }
    return #"{"id":"\#(id)","name":"\#(name)","maps":[\#(maps.joined(separator: ","))]}"#
}

/// Puts a scene on the table.
func showScene() -> EventDraft {
    EventDraft(
        type: "live.changed", data: Array("{}".utf8),
        patch: Array(#"[{"op":"replace","path":"/live","value":\#(liveScene())}]"#.utf8))
}

/// Saves a scene.
func saveScene(_ number: Int) -> EventDraft {
    let scene = liveScene(id: "s\(number)", name: "Scene \(number)")
    return EventDraft(
        type: "scene.saved", actor: "dm@192.168.1.20", data: Array("{}".utf8),
        patch: Array(#"[{"op":"add","path":"/scenes/s\#(number)","value":\#(scene)}]"#.utf8))
}

func openJournal(_ folder: String) throws -> sending JournalWriter {
    try JournalWriter.open(
        folder: folder, fileSystem: PosixFileSystem(), clock: systemClock,
        identity: { UUID().uuidString.lowercased() })
}

/// A table as the server has it; `options` and `observer` as in ``TableConfiguration``.
func openTable(
    _ folder: String, options: TableOptions = TableOptions(), observer: @escaping TableObserver = { _ in }
) throws -> Table {
    try Table.open(
        TableConfiguration(
            folder: folder, fileSystem: PosixFileSystem(), clock: systemClock,
            makeUUID: { UUID().uuidString.lowercased() }, options: options, observer: observer))
}

let systemClock: JournalClock = { JournalTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

/// Writes a journal: a scene of 60 tokens, and moves of them in commits of 1000.
func writeMoves(_ count: Int, to folder: String) throws {
    let writer = try openJournal(folder)
    _ = try writer.commit([[showScene()]])
    for first in stride(from: 0, to: count, by: 1000) {
        _ = try writer.commit((first..<min(first + 1000, count)).map { [move($0)] })
    }
    try writer.close()
}
