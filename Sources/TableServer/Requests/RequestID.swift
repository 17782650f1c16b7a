import NIOHTTP1

/// The name of one request: in its log lines and, as `X-Request-Id`, in its answer.
///
/// A proxy or a client may give one, so that its own log and the server's can be laid side by side.
package struct RequestID: Sendable, Equatable, CustomStringConvertible {
    /// The header's name.
    package static let headerName = "x-request-id"

    /// The longest that is taken from a client, in bytes.
    private static let byteCountMax = 128

    package let description: String

    /// Takes what the client gave if it can stand in a log line and a header, or makes a new one.
    ///
    /// - Parameters:
    ///   - given: The request's header, if it has one.
    ///   - random: Where a new one comes from.
    package init(
        given: String?, random: @autoclosure () -> UInt64 = UInt64.random(in: .min ... .max)
    ) {
        if let given, Self.isSane(given) {
            self.description = given
        } else {
            let digits = String(random(), radix: 16)
            self.description = String(repeating: "0", count: 16 - digits.count) + digits
        }
    }

    /// Letters, digits and what UUIDs, Base64 and trace ids have besides; several headers in one, quotes and spaces are not.
    private static func isSane(_ text: String) -> Bool {
        let others = Array("-_.:;/+=@~".utf8)
        return (1...byteCountMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: others.contains(byte)
                }
            }
    }
}

extension HTTPRequestHead {
    /// The name that the request has; another one each time for a head that has none.
    var requestID: RequestID { RequestID(given: headers[RequestID.headerName].joined(separator: ", ")) }

    /// The head with the name that the request has from now on; what the client gave for it may be none.
    func named() -> HTTPRequestHead {
        var head = self
        head.headers.replaceOrAdd(name: RequestID.headerName, value: "\(requestID)")
        return head
    }
}
