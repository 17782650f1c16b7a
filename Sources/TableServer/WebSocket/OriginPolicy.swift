import NIOCore
import NIOHTTP1

/// Which browser pages may open a socket.
///
/// A browser sends cookies and reaches private networks on behalf of any page, and does not apply CORS to WebSockets, so
/// the server has to look at `Origin` itself. Programs that are no browser send none and are let in.
/// Source: `sync-protocol.md`, "Slow, broken and hostile clients".
package struct OriginPolicy: Sendable {
    private let allowed: Set<String>

    /// A policy that also lets in these origins (`https://table.example`, compared without case; `*` is any).
    package init(allowed: [String]) {
        self.allowed = Set(allowed.map { Self.withoutTrailingSlash($0.lowercased()) })
    }

    /// Whether a request with these headers comes from a page that may connect.
    package func allows(_ headers: HTTPHeaders) -> Bool {
        let origins = headers["origin"]
        guard let origin = origins.first?.lowercased() else { return true }
        // Two Origin headers are nothing that a browser sends; one of them would go unchecked.
        guard origins.count == 1 else { return false }
        if allowed.contains("*") || allowed.contains(origin) { return true }
        guard let host = Self.host(ofOrigin: origin) else { return false }
        return Self.isLocal(host) || Self.ownHosts(headers).contains(host)
    }

    /// The host that the client, or the proxy before it, addressed: without ports, in lower case.
    private static func ownHosts(_ headers: HTTPHeaders) -> Set<String> {
        let names = headers["host"] + headers[canonicalForm: "x-forwarded-host"].map(String.init)
        return Set(names.compactMap { hostName(ofAuthority: $0.lowercased()) })
    }

    /// `https://Example.org:3000` → `example.org`; nil for `null` and whatever else is no web origin.
    private static func host(ofOrigin origin: String) -> String? {
        guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return nil }
        return hostName(ofAuthority: String(origin.dropFirst(scheme.count)))
    }

    /// `[::1]:80` → `::1`, `table.local:80` → `table.local`; nil if there is no name or something odd in it.
    private static func hostName(ofAuthority authority: String) -> String? {
        guard !authority.contains(where: { "/@?# ".contains($0) }) else { return nil }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        let name = authority.prefix { $0 != ":" }
        return name.isEmpty ? nil : String(name)
    }

    /// This machine or an address that only the local network has.
    private static func isLocal(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        // NIO parses and re-writes the address, so that `127.1` and `0x7f.1` are names here, not addresses.
        guard let text = SocketAddress.ipAddressText(host) else { return false }
        return text.contains(":") ? isLocalIPv6(text) : isLocalIPv4(text)
    }

    private static func isLocalIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".").compactMap { UInt8($0) }
        guard parts.count == 4 else { return false }
        return switch (parts[0], parts[1]) {
        case (127, _), (10, _), (192, 168), (169, 254): true
        case (172, 16...31): true
        default: false
        }
    }

    private static func isLocalIPv6(_ text: String) -> Bool {
        if text == "::1" { return true }
        if text.hasPrefix("::ffff:") { return isLocalIPv4(String(text.dropFirst(7))) }
        guard let group = text.split(separator: ":", omittingEmptySubsequences: false).first,
            let value = UInt16(group, radix: 16)
        else { return false }
        // fc00::/7 is a private network's, fe80::/10 the link's.
        return value & 0xfe00 == 0xfc00 || value & 0xffc0 == 0xfe80
    }

    private static func withoutTrailingSlash(_ origin: String) -> String {
        origin.hasSuffix("/") ? String(origin.dropLast()) : origin
    }
}

extension SocketAddress {
    /// The address in its usual form (`::1`, `10.0.0.7`), or nil for what is none.
    fileprivate static func ipAddressText(_ text: String) -> String? {
        // A host that is no address is a name, not an error.
        (try? SocketAddress(ipAddress: text, port: 0))?.ipAddress
    }
}
