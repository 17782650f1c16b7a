import NIOCore
import NIOPosix

/// Where people can reach the server.
package enum Banner {
    /// The addresses to type into a browser.
    ///
    /// - Parameters:
    ///   - host: What the server listens on; for all networks, each of this machine's IPv4 addresses is named.
    ///   - port: The port that it got.
    package static func addresses(host: String, port: Int) -> [String] {
        guard host == "0.0.0.0" || host == "::" else { return [address(host, port)] }
        return ["http://localhost:\(port)"] + networkAddresses().map { address($0, port) }
    }

    private static func address(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }

    /// This machine's IPv4 addresses but for the loopback; none if the system doesn't say.
    private static func networkAddresses() -> [String] {
        // A banner without them is a fine banner.
        let devices = (try? System.enumerateDevices()) ?? []
        return devices.compactMap { device in
            guard let address = device.address, case .v4 = address, let ip = address.ipAddress else { return nil }
            return ip.hasPrefix("127.") ? nil : ip
        }
    }
}
