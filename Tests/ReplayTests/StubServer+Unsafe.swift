import Foundation
import Glibc
import Synchronization
import Testing

// Why unsafe code: the sockets' calls take the address of a sockaddr. Each pointer lives within one call.

/// Answers HTTP requests on a port of its own, one connection at a time, the way a test says.
final class StubServer: Sendable {
    /// A request as far as a test looks at it.
    struct Request {
        /// Method and path: `POST /restore`.
        let line: String
        let body: String
    }

    /// An answer: status, headers, JSON text.
    struct Answer {
        var status = 200
        var headers: [String: String] = [:]
        var body: String
    }

    let port: UInt16
    private let descriptor: Int32
    private let seen = Mutex<[String]>([])

    /// Listens on 127.0.0.1; answers on a thread of its own until ``stop()``.
    init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        try #require(isListening)
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                serve(client, answer)
                close(client)
            }
        }
    }

    /// The request lines so far.
    var requests: [String] { seen.withLock { $0 } }

    /// Ends the thread.
    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private func serve(_ client: Int32, _ answer: (Request) -> Answer) {
        guard let request = read(client) else { return }
        seen.withLock { $0.append(request.line) }
        let answer = answer(request)
        var text = "HTTP/1.1 \(answer.status) X\r\nContent-Length: \(answer.body.utf8.count)\r\nConnection: close\r\n"
        for (name, value) in answer.headers { text += "\(name): \(value)\r\n" }
        let bytes = Array((text + "\r\n" + answer.body).utf8)
        _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func read(_ client: Int32) -> Request? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let head = text[..<end.lowerBound].components(separatedBy: "\r\n")
            let length = head.first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
            let body = String(text[end.upperBound...])
            guard body.utf8.count >= length ?? 0 else { continue }
            let line = head[0].split(separator: " ").prefix(2).joined(separator: " ")
            return Request(line: line, body: body)
        }
    }
}
