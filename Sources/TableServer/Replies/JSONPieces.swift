import Hummingbird
import JSONDocument
import NIOCore

/// A large JSON value as a body that is written out piece by piece, so that it needs no second copy of itself: not in
/// the server, and not for each client that takes its time.
package struct JSONPieces: Sendable {
    /// How much is gathered before it is sent, in bytes: little enough to be still in the processor's cache when the kernel
    /// takes it.
    private static let chunkByteCount = 256 << 10

    /// A value of the third level, or the text between two of them.
    private enum Piece {
        case text(String)
        case value(JSONValue)

        func write(into bytes: inout [UInt8]) {
            switch self {
            case .text(let text): bytes += text.utf8
            case .value(let value): value.write(into: &bytes)
            }
        }
    }

    private let pieces: [Piece]
    /// The length of the value's text, in bytes.
    package let byteCount: Int

    /// Takes the value apart, two levels deep.
    package init(_ value: JSONValue) {
        var pieces: [Piece] = []
        Self.add(value, levels: 2, to: &pieces)
        self.pieces = pieces
        self.byteCount = value.byteCount
    }

    /// A body with its length.
    package func body() -> ResponseBody {
        ResponseBody(contentLength: byteCount) { writer in
            for chunk in chunks { try await writer.write(ByteBuffer(bytes: chunk)) }
            try await writer.finish(nil)
        }
    }

    /// The value's text in chunks that are made one after the other, when they are asked for.
    package var chunks: some Sequence<[UInt8]> {
        sequence(state: pieces.makeIterator()) { rest in
            var bytes: [UInt8] = []
            // The last value may reach beyond by as much as a container that stays encoded.
            bytes.reserveCapacity(Self.chunkByteCount + (32 << 10))
            while bytes.count < Self.chunkByteCount, let piece = rest.next() { piece.write(into: &bytes) }
            return bytes.isEmpty ? nil : bytes
        }
    }

    private static func add(_ value: JSONValue, levels: Int, to pieces: inout [Piece]) {
        guard levels > 0, value.isObject || value.isArray else { return pieces.append(.value(value)) }
        pieces.append(.text(value.isObject ? "{" : "["))
        var isFirst = true
        func separate() {
            if !isFirst { pieces.append(.text(",")) }
            isFirst = false
        }
        for element in value.elements ?? [] {
            separate()
            add(element, levels: levels - 1, to: &pieces)
        }
        for member in value.members ?? [] {
            separate()
            pieces += [.value(.string(member.key)), .text(":")]
            add(member.value, levels: levels - 1, to: &pieces)
        }
        pieces.append(.text(value.isObject ? "}" : "]"))
    }
}
