import Glibc
import Journal
import NIOCore
import Table

/// Why a server could not be started or go on, in words for the operator, with the exit code that tells a script.
package struct StartFailure: Error, Sendable, Equatable {
    /// A sentence that says what to do.
    package let message: String
    /// One of `sysexits.h`: 64 wrong settings, 65 bad data, 69 address not available, 74 disk, 75 try again later.
    package let exitCode: Int32

    /// Puts an error of opening, listening or serving into words.
    package init(_ error: any Error, host: String, port: Int) {
        switch error {
        case let error as StartFailure: self = error
        case let error as JournalError: self.init(error)
        case TableError.journal(let error): self.init(error)
        case let error as TableError: self.init(error.description, EX_DATAERR)
        case let error as IOError where error.errnoCode == EADDRINUSE:
            self.init(
                "Port \(port) is taken: another server listens on it. Stop that one, or give another port with --port.",
                EX_UNAVAILABLE)
        case let error as IOError where error.errnoCode == EACCES:
            self.init(
                "Port \(port) may not be used by this account. Give a port above 1023 with --port.", EX_UNAVAILABLE)
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
            self.init("\(host) is no address of this machine. Give another one with --host.", EX_UNAVAILABLE)
        case is SocketAddressError.UnknownHost:
            self.init("\(host) is no address and no host name that is known here. See --host.", EX_UNAVAILABLE)
        default: self.init("\(error)", EX_IOERR)
        }
    }

    /// Backups were to go to the table's own folder.
    init(backupsInTable target: String, table: String) {
        self.init(
            "Backups can't go to \(target): it is in the table's own folder \(table), and would be lost with it. "
                + "Give a folder elsewhere with --backup-to, best on another disk.", EX_USAGE)
    }

    private init(_ error: JournalError) {
        switch error {
        case .locked: self.init(error.description, EX_TEMPFAIL)
        case .damaged, .unsupportedFormat: self.init(error.description, EX_DATAERR)
        default: self.init(error.description, EX_IOERR)
        }
    }

    private init(_ message: String, _ exitCode: Int32) {
        self.message = message
        self.exitCode = exitCode
    }
}
