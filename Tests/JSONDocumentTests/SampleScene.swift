import JSONDocument
import TestSupport

/// A scene of about 20 KB in the shape of the wire contract.
enum SampleScene {
    static func text() -> String {
        var random = SeededGenerator(seed: 20)
        func number(_ limit: Double) -> String { "\(Double.random(in: 0.01..<limit, using: &random))" }
        func id(_ at: Int) -> String { "3f2504e0-4f89-41d3-9a0c-0305e82c\(1000 + at)" }
        let maps = (0..<6).map {
            #"{"name":"map_\#($0).webp","folder":null,"data":{"position":{"x":\#(number(18)),"y":\#(number(32))},"#
                + #""useGridCoordinates":true,"scale":\#(number(2)),"rotation":90,"isHidden":false}}"#
        }
        let fighters = (0..<30).map {
            #"{"id":"\#(id($0))","name":"Goblin \#($0)","initiative":\#($0),"isPlayer":false,"isCurrentTurn":false,"hp":7,"#
                + #""initialHP":7,"isKilled":false,"mapPosition":{"x":\#($0).5,"y":3.5,"useGridCoordinates":true}}"#
        }
        let fog = (0..<10).map { at in
            let points = (0..<6).map { _ in #"{"x":\#(number(18)),"y":\#(number(32))}"# }.joined(separator: ",")
            return #"{"points":[\#(points)],"useGridCoordinates":true,"color":"black","opacity":0.7,"id":"\#(at)"}"#
        }
        let history = (0..<78).map {
            #"{"id":"\#(id(100 + $0))","timestamp":\#(1_750_000_000_000 - $0),"text":"Turn: Celeste → Brom"}"#
        }
        return
            #"{"id":"\#(id(999))","name":"Sunken Citadel","maps":[\#(maps.joined(separator: ","))],"activeMapId":"map_0.webp","#
            + #""initiativeOrder":[\#(fighters.joined(separator: ","))],"fogOfWar":[\#(fog.joined(separator: ","))],"#
            + #""encounterHistory":[\#(history.joined(separator: ","))],"showCurrentPlayer":true}"#
    }

    static func value() throws -> JSONValue { try JSONValue.parse(text: text()) }
}
