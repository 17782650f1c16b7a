import Glibc
import Hummingbird
import JSONDocument
import Table

/// `/metrics`, in Prometheus' text format.
struct MetricsRoute: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        table.add("GET", "/metrics") { _ in
            let clients = await parts.clients()
            let sizes = try await sizes()
            let text =
                tableText() + latencyText() + sizeText(sizes) + clientText(clients) + parts.metrics.text
                + (parts.backups?.text ?? "") + processText()
            return Answer.bytes(Array(text.utf8), type: "text/plain; version=0.0.4")
        }
    }

    private func tableText() -> String {
        let (table, counts) = (parts.table, parts.table.statistics)
        var text = PrometheusText()
        text.gauge("spelltable_offset", "The newest event's offset, -1 before the first.")
        text.value(table.committed.offset)
        text.gauge("spelltable_writable", "1 while changes are taken, 0 after the disk failed.")
        text.value(table.isWritable ? 1 : 0)
        text.gauge("spelltable_ready", "1 while /ready says so.")
        text.value(parts.readiness == .ready ? 1 : 0)
        text.gauge("spelltable_pending_commands", "Commands that are queued or being decided.")
        text.value(table.pendingCommandCount)
        let counters: [(name: String, help: String, value: Int)] = [
            ("spelltable_events_total", "Events written since the start.", counts.events),
            ("spelltable_commits_total", "Commits since the start, each one write and one sync.", counts.commits),
            ("spelltable_line_bytes_total", "Bytes of lines written, before compression.", counts.lineByteCount),
            ("spelltable_effects_total", "Effects relayed without an event.", counts.effects),
            ("spelltable_refused_commands_total", "Commands that were refused.", counts.refusals),
            ("spelltable_failed_commits_total", "Commits that failed.", counts.failedCommits),
            ("spelltable_snapshot_checks_total", "Snapshots compared with the events.", counts.snapshotChecks),
            ("spelltable_snapshots_set_aside_total", "Snapshots that were wrong.", counts.snapshotsSetAside),
        ]
        for counter in counters {
            text.counter(counter.name, counter.help)
            text.value(counter.value)
        }
        return text.text
    }

    private func latencyText() -> String {
        var text = PrometheusText()
        text.histogram("spelltable_commit_seconds", "From a command's being queued to its events' being on disk.")
        text.value(parts.watch.commits.reading)
        text.histogram("spelltable_fsync_seconds", "How long the journal's fdatasync took.")
        text.value(parts.watch.syncs.reading)
        return text.text
    }

    /// Bytes of the journal's segments, where the disk can be read, and of the document as JSON.
    private struct Sizes {
        let journal: Int64?
        let document: Int
    }

    private func sizes() async throws -> Sizes {
        let parts = parts
        return try await onBlockingThread {
            Sizes(
                journal: parts.ifReadable { try parts.table.committedSegments().byteCount },
                document: parts.table.committed.document.byteCount)
        }
    }

    private func sizeText(_ sizes: Sizes) -> String {
        var text = PrometheusText()
        if let journal = sizes.journal {
            text.gauge("spelltable_journal_bytes", "Bytes of the journal's segments, compressed as they are on disk.")
            text.value(journal)
        }
        text.gauge("spelltable_document_bytes", "Bytes of the table's document, written as JSON.")
        text.value(sizes.document)
        return text.text
    }

    private func clientText(_ clients: [ClientStatus]) -> String {
        var text = PrometheusText()
        let counts = Dictionary(grouping: clients, by: \.kind).mapValues(\.count)
        let count = { (kind: ClientStatus.Kind) in counts[kind] ?? 0 }
        text.gauge("spelltable_connections", "Open connections, by what is spoken on them.")
        for kind in ClientStatus.Kind.allCases { text.value(count(kind), labels: [("kind", kind.rawValue)]) }
        // Whoever came and went since may be in the one number and not in the other.
        text.value(max(0, parts.metrics.connectionCount - clients.count), labels: [("kind", "http")])
        text.gauge("spelltable_websocket_clients", "Connected WebSocket clients.")
        text.value(count(.plain) + count(.events))
        text.gauge("spelltable_event_streams", "Open server-sent event streams.")
        text.value(count(.stream))
        text.gauge("spelltable_client_lag_events", "How many events the slowest client hasn't been handed yet.")
        let newest = parts.table.committed.offset
        text.value(clients.map { $0.eventsBehind(newest) }.max() ?? 0)
        return text.text
    }

    private func processText() -> String {
        var text = PrometheusText()
        text.gauge("spelltable_uptime_seconds", "Since the server was started.")
        text.value((ContinuousClock.now - parts.started).components.seconds)
        if let resident = Self.residentByteCount() {
            text.gauge("process_resident_memory_bytes", "Resident memory.")
            text.value(resident)
        }
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            text.counter("process_cpu_seconds_total", "User and system time.")
            text.value(Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime))
        }
        return text.text
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }

    /// The second number of `/proc/self/statm`, in pages.
    private static func residentByteCount() -> Int? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let fields = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
    }
}
