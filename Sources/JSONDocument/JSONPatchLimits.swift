/// What a patch may cost before it is refused.
///
/// A patch's text says little about its cost: an operation of 30 bytes moves every element of an array, and each `copy`
/// of a value into itself doubles it.
package struct JSONPatchLimits: Sendable, Equatable {
    /// Elements that are moved to make or fill a gap, and bytes of text of what is copied, in all operations together.
    package var effort: Int

    /// For our own patches, which were bounded when they were made.
    package static let none = JSONPatchLimits(effort: .max)

    /// - Parameter effort: See ``effort``.
    package init(effort: Int) { self.effort = effort }
}
