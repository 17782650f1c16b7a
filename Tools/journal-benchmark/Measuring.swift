import Foundation
import Glibc
import JSONDocument

/// One measured figure, not negative; with one digit after the point below 100.
///
/// - Parameter x: Where on a curve it stands.
func printRow(_ what: String, _ value: Double, _ unit: String, target: String = "", x: Int? = nil) {
    let tenths = Int((value * 10).rounded())
    let number = tenths < 1000 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))"
    let (what, unit, target) = (JSONValue.string(what), JSONValue.string(unit), JSONValue.string(target))
    let place = x.map { #","x":\#($0)"# } ?? ""
    print(#"{"what":\#(what.text),"value":\#(number),"unit":\#(unit.text),"target":\#(target.text)\#(place)}"#)
    fflush(nil)
}

/// How long something took.
struct Taken {
    /// Seconds that went by.
    let wall: Double
    /// Seconds that this process computed, in all its threads; other work of the machine doesn't count.
    let processor: Double
}

/// Measures one piece of work.
func measure<Result>(_ body: () throws -> Result) rethrows -> (taken: Taken, result: Result) {
    let (begun, worked) = (ContinuousClock.now, processorSeconds())
    let result = try body()
    return (Taken(wall: seconds(ContinuousClock.now - begun), processor: processorSeconds() - worked), result)
}

/// Seconds that this process has computed so far.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

extension [Double] {
    /// The value below which such a share of all lies; not of an empty list.
    func quantile(_ share: Double) -> Double {
        self.sorted()[Int(Double(self.count - 1) * share)]
    }

    var median: Double { self.quantile(0.5) }
}

/// A temporary folder that is removed at the end.
func withScratchFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "journal-benchmark-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }  // scratch: what stays behind harms nobody
    return try body(folder.path(percentEncoded: false))
}

/// Seconds since a moment.
func elapsed(since begun: ContinuousClock.Instant) -> Double { seconds(ContinuousClock.now - begun) }
