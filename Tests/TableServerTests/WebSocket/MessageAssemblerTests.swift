import NIOCore
import NIOWebSocket
import TestSupport
import Testing

@testable import TableServer

@Suite struct MessageAssemblerTests {
    private func frame(_ opcode: WebSocketOpcode, _ bytes: some Sequence<UInt8>, isFinal: Bool = true) -> WebSocketFrame
    {
        WebSocketFrame(fin: isFinal, opcode: opcode, data: ByteBuffer(bytes: bytes))
    }

    /// What comes out for a message cut into these pieces; nil if something comes out too early or not at all.
    private func assembled(
        _ pieces: [[UInt8]], _ opcode: WebSocketOpcode = .text, byteCountMax: Int = 1 << 20
    ) throws(FrameFault) -> [UInt8]? {
        var assembler = MessageAssembler(byteCountMax: byteCountMax)
        for (index, piece) in pieces.enumerated() {
            let isLast = index == pieces.count - 1
            let message = try assembler.take(frame(index == 0 ? opcode : .continuation, piece, isFinal: isLast))
            guard (message != nil) == isLast else { return nil }
            if let message {
                return message.opcode == opcode && message.fin ? Array(message.data.readableBytesView) : nil
            }
        }
        return nil
    }

    private func fault(_ pieces: [[UInt8]], byteCountMax: Int = 1 << 20) -> FrameFault? {
        do {
            _ = try assembled(pieces, byteCountMax: byteCountMax)
            return nil
        } catch {
            return error
        }
    }

    /// Characters of one to four bytes, among them the ends of the ranges.
    private static let text = Array(
        "κόσμε a\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}€😀z".utf8)

    @Test func `a text cut in three anywhere arrives whole`() throws {
        for first in 0...Self.text.count {
            for second in first...Self.text.count {
                let pieces = [Self.text[..<first], Self.text[first..<second], Self.text[second...]].map(Array.init)
                #expect(try assembled(pieces) == Self.text, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func `a text in single bytes arrives whole`() throws {
        #expect(try assembled(Self.text.map { [$0] }) == Self.text)
        #expect(try assembled(Self.text.flatMap { [[], [$0], []] }) == Self.text)
    }

    @Test(
        arguments: [
            [0xff], [0xc0, 0x80], [0xc1, 0xbf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
            [0xf8, 0x88, 0x80, 0x80, 0x80],
            [0xe0, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0x80], [0x61, 0xbf, 0x62], [0xe2, 0x82, 0x61], [0xfe],
        ] as [[UInt8]])
    func `what is no UTF-8 is refused wherever it is cut`(bad: [UInt8]) {
        for cut in 0...bad.count {
            #expect(fault([Array(bad[..<cut]), Array(bad[cut...]) + [0x61]]) == .invalidText, "cut at \(cut)")
        }
        #expect(fault([bad + [0x61]]) == .invalidText)
        #expect(fault(bad.map { [$0] } + [[0x61]]) == .invalidText)
    }

    @Test(arguments: 1...3) func `a text that ends inside a character is refused`(count: Int) {
        let cut = Array("a😀".utf8.prefix(1 + count))
        #expect(fault([cut]) == .invalidText)
        #expect(fault([Array(cut.prefix(2)), Array(cut.dropFirst(2)), []]) == .invalidText)
    }

    @Test func `text that can't become valid is refused before its last fragment`() {
        var assembler = MessageAssembler(byteCountMax: 100)
        #expect(throws: FrameFault.invalidText) {
            try assembler.take(frame(.text, [0x61, 0xf4, 0x90, 0x80, 0x80], isFinal: false))
        }
    }

    @Test(arguments: UInt64(0)..<4)
    func `text agrees with Swift's own UTF-8 on random bytes, however it is cut`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = [0x61, 0x80, 0xbf, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f]
        for _ in 0..<1_000 {
            let bytes = (0..<Int.random(in: 0..<9, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((fault([Array(bytes[..<cut]), Array(bytes[cut...])]) == nil) == isValid, "\(bytes) cut at \(cut)")
        }
    }

    @Test func `binary messages may hold any bytes`() throws {
        #expect(try assembled([[0xff], [0xfe, 0x80]], .binary) == [0xff, 0xfe, 0x80])
    }

    @Test func `control frames pass between the fragments of a message`() throws {
        var assembler = MessageAssembler(byteCountMax: 100)
        #expect(try assembler.take(frame(.text, [0x61], isFinal: false)) == nil)
        #expect(try assembler.take(frame(.ping, [1]))?.opcode == .ping)
        #expect(try assembler.take(frame(.continuation, [0x62]))?.data == ByteBuffer(string: "ab"))
        #expect(try assembler.take(frame(.text, [0x63]))?.data == ByteBuffer(string: "c"))
    }

    @Test func `the limit holds for all fragments together, to the byte`() throws {
        #expect(try assembled([[1, 2], [3, 4]], .binary, byteCountMax: 4) == [1, 2, 3, 4])
        #expect(fault([[0x61, 0x61], [0x61, 0x61], [0x61]], byteCountMax: 4) == .tooLarge)
        #expect(fault([[0x61, 0x61, 0x61, 0x61, 0x61]], byteCountMax: 4) == .tooLarge)
    }

    @Test func `sixty-five thousand fragments are a message like any other`() throws {
        let piece = [UInt8](repeating: 0x61, count: 64)
        let pieces = [[UInt8]](repeating: piece, count: 65_536)
        #expect(try assembled(pieces, byteCountMax: 4 << 20)?.count == 4 << 20)
    }
}
