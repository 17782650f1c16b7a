import NIOCore

extension SocketAddress? {
    /// Address and port as people write them: `10.0.0.7:50112`, `[fe80::1]:50112`.
    var addressText: String {
        guard let address = self?.ipAddress else { return "unknown" }
        let host = address.contains(":") ? "[\(address)]" : address
        return self?.port.map { "\(host):\($0)" } ?? host
    }
}
