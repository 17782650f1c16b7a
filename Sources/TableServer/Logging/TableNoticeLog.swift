import Logging
import Table

/// What happens in the table behind everybody's back, in the log.
package enum TableNoticeLog {
    /// Writes a notice at the level that fits it.
    package static func write(_ notice: TableNotice, to logger: Logger) {
        logger.log(level: level(of: notice), "\(notice)")
    }

    private static func level(of notice: TableNotice) -> Logger.Level {
        switch notice {
        case .snapshotWritten, .snapshotChecked: .debug
        case .snapshotFailed, .snapshotIgnored, .endingFrameFailed, .effectDropped: .warning
        case .writeRefused, .decisionFailed, .closeFailed, .snapshotWrong, .snapshotCheckFailed: .error
        case .writingStopped: .critical
        }
    }
}
