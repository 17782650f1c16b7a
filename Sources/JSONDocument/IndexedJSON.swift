/// One text, ready to be compared with later versions of itself.
package struct IndexedJSON: Sendable {
    package let bytes: [UInt8]
    package let value: JSONValue

    package init(_ bytes: [UInt8]) throws(JSONSyntaxError) {
        self.bytes = bytes
        value = try JSONValue.parse(bytes)
    }

    /// The changes that lead to `newBytes`.
    package func patch(to newBytes: [UInt8], at base: JSONPointer = .root) throws(JSONSyntaxError) -> JSONPatch {
        if bytes == newBytes { return JSONPatch() }
        return JSONDiff.patch(from: value, to: try JSONValue.parse(newBytes), at: base)
    }
}
