// Unsafe because libFuzzer is a C program: it calls one function with a pointer to `count` bytes that live for the length
// of the call. They are copied before anything else.

import Glibc

/// What libFuzzer calls with each input; the environment's `FUZZ_TARGET` says which target gets it.
///
/// A broken law ends the process, as a crash does: that is what libFuzzer looks for.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        try chosenTarget.run(bytes)
    } catch {
        let message = "broken law of \(chosenTarget.name): \(error)\n"
        _ = message.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        abort()
    }
    return 0
}

private let chosenTarget: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else { preconditionFailure("no fuzz target is called '\(name)'") }
    return target
}()
