import Glibc

/// How many files and sockets the process may have open, and how many of them connections may take.
///
/// The soft limit is 1,024 almost everywhere, for the sake of programs that use `select`; this one does not, so it takes
/// all that the hard limit gives. Connections get three quarters: were there no descriptor left for the journal's next
/// segment, the table would refuse changes until it is restarted.
package enum DescriptorLimit {
    /// Kept back for the journal, uploads, downloads and the log, however few there are.
    private static let reserveMin = 64

    /// Raises the soft limit to the hard one.
    ///
    /// - Returns: The limit as it is then.
    @discardableResult package static func raise() -> Int {
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0, limits.rlim_cur < limits.rlim_max else { return current }
        limits.rlim_cur = limits.rlim_max
        // Refused only where a sandbox forbids the call; then the limit stays as it was.
        _ = setrlimit(resource, &limits)
        return current
    }

    /// The present soft limit.
    package static var current: Int {
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else { return 1_024 }
        return Int(clamping: limits.rlim_cur)
    }

    /// How many connections there may be at a time under a limit; more wait in the kernel's queue.
    package static func connectionCountMax(descriptors: Int) -> Int {
        max(1, descriptors - max(reserveMin, descriptors / 4))
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
