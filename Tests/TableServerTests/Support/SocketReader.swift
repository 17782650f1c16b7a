import NIOCore

/// Parses what a server sends: HTTP answers first, frames after a 101.
final class SocketReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let mailbox: Mailbox<SocketMessage>
    private let isPolite: Bool
    private var buffer = ByteBuffer()
    private var speaksFrames = false
    private var fragments: [UInt8] = []

    /// - Parameter isPolite: Whether pings and close frames are answered, as browsers do.
    init(mailbox: Mailbox<SocketMessage>, isPolite: Bool) {
        self.mailbox = mailbox
        self.isPolite = isPolite
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var read = unwrapInboundIn(data)
        buffer.writeBuffer(&read)
        while speaksFrames ? takeFrame(context) : takeAnswer() {}
        buffer.discardReadBytes()
    }

    func channelInactive(context: ChannelHandlerContext) { mailbox.put(.end) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func takeAnswer() -> Bool {
        let view = buffer.readableBytesView
        guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let head = String(decoding: view[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String((parts.last ?? "").drop { $0 == " " })
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        guard view.distance(from: end.upperBound, to: view.endIndex) >= length else { return false }
        buffer.moveReaderIndex(forwardBy: view.distance(from: view.startIndex, to: end.upperBound))
        let status = Int(head[0].split(separator: " ")[1]) ?? 0
        speaksFrames = status == 101
        let body = buffer.readString(length: length) ?? ""
        mailbox.put(.answer(HTTPAnswer(status: status, headers: headers, body: body)))
        return true
    }

    private func takeFrame(_ context: ChannelHandlerContext) -> Bool {
        var rest = buffer
        guard let first = rest.readInteger(as: UInt8.self), let second = rest.readInteger(as: UInt8.self),
            let length = Self.readLength(second & 0x7f, &rest), let payload = rest.readBytes(length: length)
        else { return false }
        buffer = rest
        take(opcode: first & 0x0f, isFinal: first & 0x80 != 0, payload, context)
        return true
    }

    private static func readLength(_ code: UInt8, _ buffer: inout ByteBuffer) -> Int? {
        switch code {
        case 126: buffer.readInteger(as: UInt16.self).map(Int.init)
        case 127: buffer.readInteger(as: UInt64.self).map(Int.init)
        default: Int(code)
        }
    }

    private func take(opcode: UInt8, isFinal: Bool, _ payload: [UInt8], _ context: ChannelHandlerContext) {
        switch opcode {
        case 0, 1:
            fragments += payload
            guard isFinal else { return }
            mailbox.put(.text(String(decoding: fragments, as: UTF8.self)))
            fragments = []
        case 2: mailbox.put(.binary(payload))
        case 8:
            let code = payload.count < 2 ? nil : UInt16(payload[0]) << 8 | UInt16(payload[1])
            mailbox.put(.close(code: code, reason: String(decoding: payload.dropFirst(2), as: UTF8.self)))
            if isPolite { context.writeAndFlush(NIOAny(ClientFrame(opcode: 8, payload: payload).bytes), promise: nil) }
        case 9 where isPolite: context.writeAndFlush(NIOAny(ClientFrame.pong(payload).bytes), promise: nil)
        case 9: mailbox.put(.ping(payload))
        default: mailbox.put(.pong(payload))
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
