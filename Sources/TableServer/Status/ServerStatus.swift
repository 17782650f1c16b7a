import JSONDocument
import Journal

/// How the server is at a moment, for whoever looks after it: the content of `/status`.
///
/// Pure: everything was asked before.
struct ServerStatus: Sendable {
    /// The newest snapshot on disk.
    struct Snapshot: Sendable {
        let offset: Int64
        let time: JournalTime
        let byteCount: Int64
    }

    let now: JournalTime
    let uptimeMilliseconds: Int64
    let readiness: Readiness
    let journal: String
    let offset: Int64
    /// Nil, as the sizes are, where the disk can't be read.
    let segmentCount: Int?
    let journalByteCount: Int64?
    /// At the start of the server.
    let journalByteCountAtStart: Int64?
    let documentByteCount: Int
    let snapshot: Snapshot?
    let verification: TableWatch.Verification?
    /// `null` where none are scheduled.
    let backup: JSONValue
    let clients: [ClientStatus]

    /// The whole as JSON; what isn't there is `null`, so that every member is always there.
    var jsonValue: JSONValue {
        .object([
            (key: "version", value: .string(ServerVersion.text)),
            (key: "time", value: .string(now.rfc3339)),
            (key: "started", value: .string(before(uptimeMilliseconds))),
            (key: "uptimeSeconds", value: .number(Int(uptimeMilliseconds / 1000))),
            (key: "status", value: .string(readiness.status)),
            (key: "reason", value: readiness.reason.map { .string($0) } ?? .null),
            (key: "journal", value: journalValue),
            (key: "document", value: .object([(key: "bytes", value: .number(documentByteCount))])),
            (key: "snapshot", value: snapshot.map(Self.value) ?? .null),
            (key: "verification", value: verification.map(Self.value) ?? .null),
            (key: "backup", value: backup),
            (key: "clients", value: .array(clients.map(value))),
        ])
    }

    private var journalValue: JSONValue {
        let grown = journalByteCount.flatMap { now in journalByteCountAtStart.map { now - $0 } }
        return .object([
            (key: "id", value: .string(journal)),
            (key: "offset", value: .number(Int(offset))),
            (key: "segments", value: segmentCount.map { .number($0) } ?? .null),
            (key: "bytes", value: journalByteCount.map { .number(Int($0)) } ?? .null),
            (key: "grownBytes", value: grown.map { .number(Int($0)) } ?? .null),
        ])
    }

    private static func value(_ snapshot: Snapshot) -> JSONValue {
        .object([
            (key: "offset", value: .number(Int(snapshot.offset))),
            (key: "time", value: .string(snapshot.time.rfc3339)),
            (key: "bytes", value: .number(Int(snapshot.byteCount))),
        ])
    }

    private static func value(_ verification: TableWatch.Verification) -> JSONValue {
        .object([
            (key: "offset", value: verification.offset.map { .number(Int($0)) } ?? .null),
            (key: "time", value: .string(verification.time.rfc3339)),
            (key: "result", value: .string(result(of: verification))),
            (key: "reason", value: verification.fault.map { .string($0) } ?? .null),
        ])
    }

    private static func result(of verification: TableWatch.Verification) -> String {
        guard verification.fault != nil else { return "agrees" }
        return verification.offset == nil ? "failed" : "wrong"
    }

    private func value(_ client: ClientStatus) -> JSONValue {
        .object([
            (key: "kind", value: .string(client.kind.rawValue)),
            (key: "address", value: .string(client.address)),
            (key: "actor", value: .string(client.actor)),
            (key: "since", value: .string(before(client.connectedMilliseconds))),
            (key: "live", value: .bool(client.isLive)),
            (key: "eventsBehind", value: .number(Int(client.eventsBehind(offset)))),
            (key: "unsentBytes", value: .number(client.unsentByteCount)),
        ])
    }

    private func before(_ milliseconds: Int64) -> String {
        JournalTime(milliseconds: now.milliseconds - milliseconds).rfc3339
    }
}
