import JSONDocument
import Journal
import Replay
import Synchronization

/// How the scheduled backups are going, kept for `/metrics` and `/status`.
///
/// Safe from every thread.
package final class BackupWatch: Sendable {
    /// A backup that is there, whole and verified.
    package struct Success: Sendable, Equatable {
        package let time: JournalTime
        package let file: String
        package let offset: Int64
        package let byteCount: Int64
        /// nil for one that was there when the server was started.
        package let missingBlobCount: Int?
    }

    /// A try that came to nothing.
    package struct Failure: Sendable, Equatable {
        package let time: JournalTime
        package let reason: String
    }

    private struct State {
        var success: Success?
        var failure: Failure?
        var failureCount = 0
    }

    /// What was asked for.
    package let settings: BackupSettings
    private let state = Mutex(State())

    /// Nothing done yet.
    package init(_ settings: BackupSettings) { self.settings = settings }

    /// The newest one; nil if there is none.
    package var success: Success? { state.withLock { $0.success } }
    /// The newest failure, if nothing worked since.
    package var failure: Failure? { state.withLock { $0.failure } }
    /// Since the server's start.
    package var failureCount: Int { state.withLock { $0.failureCount } }

    /// One was made.
    package func succeeded(_ success: Success) {
        state.withLock {
            $0.success = success
            $0.failure = nil
        }
    }

    /// One was there already.
    package func found(_ success: Success) {
        state.withLock { if $0.success == nil { $0.success = success } }
    }

    /// The folder could be looked at, and there was nothing to do.
    package func rested() { state.withLock { $0.failure = nil } }

    /// A try failed.
    package func failed(_ failure: Failure) {
        state.withLock {
            $0.failure = failure
            $0.failureCount += 1
        }
    }

    /// The member `backup` of `/status`.
    package var jsonValue: JSONValue {
        let state = state.withLock { $0 }
        return .object([
            (key: "folder", value: .string(settings.folder)),
            (key: "everySeconds", value: .number(Int(settings.periodSeconds))),
            (key: "keep", value: .number(settings.keep)),
            (key: "last", value: state.success.map(Self.value) ?? .null),
            (key: "failure", value: state.failure.map(Self.value) ?? .null),
            (key: "failures", value: .number(state.failureCount)),
        ])
    }

    private static func value(_ success: Success) -> JSONValue {
        .object([
            (key: "time", value: .string(success.time.rfc3339)),
            (key: "file", value: .string(success.file)),
            (key: "offset", value: .number(Int(success.offset))),
            (key: "bytes", value: .number(Int(success.byteCount))),
            (key: "missingBlobs", value: success.missingBlobCount.map { .number($0) } ?? .null),
        ])
    }

    private static func value(_ failure: Failure) -> JSONValue {
        .object([
            (key: "time", value: .string(failure.time.rfc3339)), (key: "reason", value: .string(failure.reason)),
        ])
    }
}

extension BackupWatch {
    /// The lines for `/metrics`.
    var text: String {
        var text = PrometheusText()
        if let success {
            text.gauge(
                "spelltable_backup_last_success_timestamp_seconds", "When the newest scheduled backup was made.")
            text.value(success.time.milliseconds / 1000)
            text.gauge("spelltable_backup_bytes", "The size of the newest scheduled backup.")
            text.value(success.byteCount)
        }
        text.counter("spelltable_backup_failures_total", "Scheduled backups that failed since the start.")
        text.value(failureCount)
        return text.text
    }
}
