import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("CommandWindow")
struct CommandWindowTests {
    private func entry(_ offset: Int64, at milliseconds: Int64 = 0) -> CommandWindow.Entry {
        CommandWindow.Entry(
            offset: offset, time: JournalTime(milliseconds: milliseconds), request: "d\(offset)",
            answer: ["id": .number(Int(offset))])
    }

    @Test
    func theNewestAreKeptHoweverOld() {
        var window = CommandWindow(limits: CommandWindow.Limits(countMin: 10, age: 1000, countMax: 100))
        for number in 0..<30 { window.record("c\(number)", self.entry(Int64(number), at: Int64(number) * 10_000)) }
        #expect(window.count == 10)
        #expect(window["c19"] == nil)
        #expect(window["c20"] == self.entry(20, at: 200_000))
    }

    @Test
    func youngOnesAreKeptUpToTheCap() {
        var window = CommandWindow(limits: CommandWindow.Limits(countMin: 10, age: 1000, countMax: 100))
        for number in 0..<99 { window.record("c\(number)", self.entry(Int64(number), at: Int64(number))) }
        #expect(window.count == 99)
        for number in 99..<5000 { window.record("c\(number)", self.entry(Int64(number), at: 99)) }
        #expect(window.count == 100)
        #expect(window["c4899"] == nil)
        #expect(window["c4900"] != nil)
    }

    @Test
    func aSnapshotKeepsAllOfIt() throws {
        var window = CommandWindow()
        for number in 0..<50 { window.record("c\(number)", self.entry(Int64(number), at: 5)) }
        let read = try #require(CommandWindow(JSONValue.parse(window.jsonValue.serialized())))
        #expect(read.count == 50)
        for number in 0..<50 { #expect(read["c\(number)"] == window["c\(number)"]) }
        #expect(read.jsonValue.serialized() == window.jsonValue.serialized())
    }

    @Test
    func whatIsNoWindowIsRefused() {
        #expect(CommandWindow(["x": 1]) == nil)
        #expect(CommandWindow([["id": "c"]]) == nil)
    }

    @Test
    func theLastEventOfAGroupCounts() {
        var window = CommandWindow()
        window.record("c", self.entry(4))
        window.record("c", self.entry(5))
        #expect(window["c"]?.offset == 5)
        #expect(window.count == 1)
    }
}
