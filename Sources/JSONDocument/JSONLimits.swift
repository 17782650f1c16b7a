/// What a text may ask of the parser before it is refused.
///
/// A limit is checked before the memory or the time it guards is spent.
package struct JSONLimits: Sendable, Equatable {
    /// Containers inside each other, the outermost included.
    package var depth: Int
    /// The length of the whole text, in bytes; never above `UInt32.max`, because positions are 32 bits wide.
    package var byteCount: Int

    /// The depth below which every document of this system stays, so that what was written can always be read again.
    package static let depthMax = 512
    /// 512 levels and 64 MiB.
    package static let standard = JSONLimits()

    /// - Parameters:
    ///   - depth: Levels of containers, at most ``depthMax``; a larger one is lowered to it.
    ///   - byteCount: Bytes of text; lowered to what 32-bit positions can address.
    package init(depth: Int = JSONLimits.depthMax, byteCount: Int = 64 << 20) {
        self.depth = min(depth, JSONLimits.depthMax)
        self.byteCount = min(byteCount, Int(UInt32.max) - 1)
    }

    /// - Throws: ``JSONSyntaxError`` where a text of this length is too long.
    func check(byteCount: Int) throws(JSONSyntaxError) {
        guard byteCount <= self.byteCount else {
            throw JSONSyntaxError(
                kind: .size, offset: self.byteCount, expected: "a text of at most \(self.byteCount) bytes")
        }
    }
}
