import Journal
import TestSupport

/// Events as a table writes them, small and large, compressible and not.
enum SampleChanges {
    /// A moved token.
    static func small(_ number: Int) -> EventDraft {
        EventDraft(
            type: "live.changed", actor: "dm@192.168.1.20", data: Array(#"{"n":\#(number)}"#.utf8),
            patch: Array(#"[{"op":"replace","path":"/live/tokens/\#(number % 7)/x","value":\#(number * 37)}]"#.utf8))
    }

    /// A saved scene of about `byteCount` bytes that doesn't compress, or hardly takes room at all.
    static func large(_ number: Int, byteCount: Int, compresses: Bool, _ generator: inout SeededGenerator) -> EventDraft
    {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let noise = (0..<(compresses ? min(byteCount, 90) : byteCount)).map { _ in digits[Int(generator.next() >> 58)] }
        var data = Array(#"{"n":""#.utf8)
        while data.count < byteCount { data += noise }
        return EventDraft(
            type: "scene.saved", data: data + Array(#""}"#.utf8),
            patch: Array(#"[{"op":"add","path":"/scenes/\#(number)","value":\#(number)}]"#.utf8))
    }
}
