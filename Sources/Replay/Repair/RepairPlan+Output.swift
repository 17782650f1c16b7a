import JSONDocument
import Journal

extension RepairPlan {
    /// What the new journal's last event, `journal.repaired`, says of the old one.
    var record: JSONValue {
        .object([
            (key: "journal", value: .string(journal)), (key: "newest", value: .number(Int(newest))),
            (key: "offset", value: .number(Int(oldEnd.offset))), (key: "chain", value: .string(oldEnd.chain.hex)),
            (key: "lost", value: lost.json), (key: "stranded", value: stranded.json),
            (key: "snapshots", value: .array(bridges.map { .number(Int($0.offset)) })),
        ])
    }

    /// The stable form for programs.
    package var json: JSONValue {
        .object([
            (key: "clean", value: .bool(isClean)), (key: "folder", value: .string(folder)),
            (key: "journal", value: .string(journal)), (key: "newest", value: .number(Int(newest))),
            (key: "needsNewJournal", value: .bool(needsNewJournal)), (key: "kept", value: kept.json),
            (key: "stranded", value: stranded.json), (key: "lost", value: lost.json),
            (key: "bridges", value: .array(bridges.map(\.json))),
            (key: "badSnapshots", value: .array(badSnapshots.map { .number(Int($0)) })),
            (key: "presentIsKnown", value: .bool(isPresentKnown)), (key: "digest", value: .string(digest)),
            (key: "chain", value: .string(oldEnd.chain.hex)), (key: "notes", value: .array(notes.map { .string($0) })),
            (key: "findings", value: .array(faults.map(\.json))),
        ])
    }

    /// The same for people: what is damaged, then what becomes of it.
    package func text(_ paint: Paint) -> String {
        var lines = faults.map { "\(paint(.bad, "damaged"))   \(printable($0.text))" }
        lines += notes.map { "\(paint(.changed, "note"))      \(printable($0))" }
        guard needsNewJournal else { return (lines + snapshotLines(paint)).joined(separator: "\n") + "\n" }
        lines.append("kept      \(Units.plural(kept.count, "event")): \(kept.text), byte for byte as they were")
        if lost.count > 0 {
            // What nothing readable follows, nobody can count.
            let isAtEnd = lost.runs.last?.upperBound == newest && !isPresentKnown
            let more = isAtEnd ? ", and perhaps more behind them" : ""
            lines.append(
                "\(paint(.bad, "lost"))      \(Units.plural(lost.count, "event")): \(lost.text)\(more); "
                    + "each becomes an event.lost")
        }
        if stranded.count > 0 {
            lines.append(
                "\(paint(.changed, "stranded"))  \(Units.plural(stranded.count, "event")): \(stranded.text); they can be "
                    + "read but stand on lost ones, and are kept as event.stranded, without effect")
        }
        for bridge in bridges {
            let proof = bridge.isProvenByChain ? "proven by the chain" : "vouched for by its own digest alone"
            lines.append("snapshot  \(bridge.offset) brings the document back as it was then (\(proof))")
        }
        lines.append(presentLine(paint))
        return lines.joined(separator: "\n") + "\n"
    }

    private func presentLine(_ paint: Paint) -> String {
        guard !isPresentKnown else {
            return "present   " + paint(.good, "the table as it was after event \(newest)")
        }
        let last = max(kept.runs.last?.upperBound ?? -1, bridges.last?.offset ?? -1)
        let moment = last < 0 ? "the empty table" : "the table as it was after event \(last)"
        return "present   " + paint(.bad, "\(moment), not \(newest)") + ": what came between needs a backup"
    }

    private func snapshotLines(_ paint: Paint) -> [String] {
        guard !badSnapshots.isEmpty else {
            return [
                paint(.good, "nothing to repair: the journal is whole") + "; `spell-replay verify` checks blobs too"
            ]
        }
        return ["the journal is whole; bad snapshots are caches and will be set aside"]
    }
}

extension RepairPlan.Bridge {
    fileprivate var json: JSONValue {
        .object([
            (key: "offset", value: .number(Int(offset))), (key: "provenByChain", value: .bool(isProvenByChain)),
        ])
    }
}

extension RepairResult {
    /// The stable form for programs.
    package var json: JSONValue {
        .object([
            (key: "repaired", value: .bool(!plan.isClean)),
            (key: "newJournal", value: journal.map { .string($0) } ?? .null),
            (key: "copy", value: copy.map { .string($0) } ?? .null),
            (key: "setAside", value: .array(setAside.map { .number(Int($0)) })), (key: "plan", value: plan.json),
        ])
    }

    /// The same for people.
    package func text(_ paint: Paint) -> String {
        var text = plan.text(paint)
        if let journal, let copy {
            text += "\(paint(.good, "repaired"))  journal \(journal), which goes on from \(plan.journal)\n"
            text += "copy      the damaged journal is kept in \(printable(copy))\n"
        } else if !setAside.isEmpty {
            text += "\(paint(.good, "repaired"))  set aside: \(setAside.map(String.init).joined(separator: ", "))\n"
        }
        return text
    }
}

extension SalvageFault {
    /// `journal/default/0….jsonl.lz4, byte 417, frame at 0, event 3: …`.
    var text: String {
        let byte = framePosition == nil && byteOffset == 0 ? "" : ", byte \(byteOffset)"
        let frame = framePosition.map { ", frame at \($0)" } ?? ""
        let event = eventOffset.map { ", event \($0)" } ?? ""
        return "\(file)\(byte)\(frame)\(event): \(reason)"
    }

    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("file", .string(file)), ("byte", .number(Int(byteOffset))),
        ]
        if let framePosition { members.append(("frame", .number(Int(framePosition)))) }
        if let eventOffset { members.append(("event", .number(Int(eventOffset)))) }
        members.append(("reason", .string(reason)))
        return .object(members)
    }
}
