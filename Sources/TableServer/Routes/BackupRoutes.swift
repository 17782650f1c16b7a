import Archives
import HTTPTypes
import Hummingbird
import JSONDocument
import Journal
import Logging
import NIOCore
import Replay
import Table

/// `/backup…` (CONTRACT.md section 3, "Backup").
struct BackupRoutes: Sendable {
    let parts: ServerParts
    private let downloads: ScratchPlaces
    private let imports: ScratchPlaces

    init(parts: ServerParts) {
        self.parts = parts
        downloads = ScratchPlaces(prefix: "\(parts.folder)/export", count: 4)
        imports = ScratchPlaces(prefix: "\(parts.folder)/import", count: 2)
        // A recording's folder may be a server's that is running.
        guard parts.playback == nil else { return }
        for places in [downloads, imports] { places.removeLeftovers(logger: parts.logger) }
    }

    /// The six kinds that the old server told apart; the last three have no content here.
    private static let flags = ["maps", "scenes", "audio", "campaigns", "diary", "users"]

    func add(to table: inout RouteTable<Handler>) {
        table.add("GET", "/backup/export", export)
        table.add("POST", "/backup/import", importArchive)
    }

    private func export(_ call: Call) async throws -> Response {
        switch call.query["format"] {
        case nil, "folders": return try exportFolders(call)
        case "archive": return try await exportArchive(call)
        case let other?:
            throw Refusal(
                fields: [
                    FieldError(
                        type: "value_error", loc: ["format"], msg: "Value error, 'folders' or 'archive' is expected",
                        input: .string(other))
                ], in: "query")
        }
    }

    /// The journal up to the newest event as it is now, with its blobs; what changes meanwhile is not in it.
    private func exportArchive(_ call: Call) async throws -> Response {
        let (state, folder, lease) = (parts.table.committed, parts.folder, try downloads.take())
        let name = BackupName(at: JournalTimes.now(), journal: parts.table.identity.uuid, state: state)
        let download: ArchiveDownload
        do {
            download = try await onBlockingThread {
                try ArchiveDownload(folder: folder, through: state.offset, scratch: lease)
            }
        } catch let error as ReplayError {
            throw Refusal(error, else: .internalServerError, "The table can't be exported: \(error.sentence)")
        }
        for blob in download.missingBlobs {
            call.context.logger.warning(
                "Left out of the export: it isn't on disk",
                metadata: ["blob": "\(blob.sha256)", "event": "\(blob.event)"])
        }
        let logger = call.context.logger
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/zip", .contentDisposition: "attachment; filename=\"\(name.text)\"",
                .cacheControl: "no-store", .spellOffset: String(state.offset),
            ],
            body: ResponseBody { writer in
                defer { download.close() }
                while let piece = try await logger.tellingBreakOff({
                    try await onBlockingThread { try download.next() }
                }) {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            })
    }

    private func exportFolders(_ call: Call) throws -> Response {
        var (selection, errors) = Self.selection { call.query[$0] }
        guard errors.isEmpty else { throw Refusal(fields: errors, in: "query") }
        selection.includeFolders = call.query.all("include_folders")
        let (state, logger) = (parts.table.committed, call.context.logger)
        let exporter: BackupExporter
        do {
            let entries = try ExportLayout.filtered(state.document, selection: selection)
            exporter = try BackupExporter(
                entries: entries, blobs: parts.table.blobs, time: state.time, logger: logger)
        } catch let error as CommandError {
            throw Refusal(.internalServerError, detail: error.detail())
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/zip",
                .contentDisposition: "attachment; filename=\"spelltable_backup.zip\"",
            ],
            body: ResponseBody { writer in
                while let piece = try await logger.tellingBreakOff({ try await exporter.next() }) {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            })
    }

    private func importArchive(_ call: Call) async throws -> Response {
        let (folder, configuration) = (parts.folder, parts.configuration)
        let reader = FormReader(fileField: "backup_file", maxFileByteCount: configuration.maxUploadByteCount) {
            try TemporarySink(folder: folder, name: "import-\(UInt64.random(in: 0...UInt64.max)).tmp")
        }
        let form = try await reader.read(call)
        defer { form.cancel() }
        let (file, selection) = try checked(form)
        if try await isJournal(file.sink.path) { return try await importJournal(file, selection, call) }
        let importer = BackupImporter(
            selection: selection, blobs: parts.table.blobs,
            limits: BackupImporter.Limits(
                byteCount: configuration.maxImportByteCount, entryCount: configuration.maxImportEntryCount))
        let plan = try await onBlockingThread {
            do {
                return try importer.plan(archive: file.sink.path)
            } catch let error as BackupError {
                throw Refusal(error)
            }
        }
        for skipped in plan.skipped {
            call.context.logger.warning(
                "Left out of the import", metadata: ["path": "\(skipped.path)", "reason": "\(skipped.reason)"])
        }
        return answer(to: try await parts.submit(.tableImport(plan), call))
    }

    /// What the import did, and the event that it became; null where the table had all of it already, so that nobody undoes
    /// another one.
    private func answer(to outcome: CommandOutcome) -> Response {
        let offset = outcome.offset.map { JSONValue.number(Int($0)) } ?? .null
        return parts.answer(.object((outcome.answer.members ?? []) + [(key: "offset", value: offset)]), to: outcome)
    }

    private func isJournal(_ file: String) async throws -> Bool {
        try await onBlockingThread {
            do {
                return try ArchiveUnpacking.isJournal(file)
            } catch is ReplayError {
                // No zip at all: the other form's import says what is wrong with it.
                return false
            }
        }
    }

    /// Of an archive with the whole history a running table takes the document at its end, as one event.
    private func importJournal(
        _ file: Form<TemporarySink>.File, _ selection: ContentSelection, _ call: Call
    ) async throws -> Response {
        let (blobs, lease, path) = (parts.table.blobs, try imports.take(), file.sink.path)
        var limits = ArchiveUnpacking.Limits()
        limits.byteCount = parts.configuration.maxImportByteCount
        limits.entryCount = parts.configuration.maxImportEntryCount
        let job = ArchiveImport(path, limits: limits, fileSystem: PosixFileSystem())
        let plan = try await onBlockingThread {
            do {
                return try job.plan(for: blobs, scratch: lease.path, selection: selection) { _ in }
            } catch let error as ReplayError {
                throw Refusal(error, else: .badRequest, error.sentence.replacing(path, with: "The backup"))
            }
        }
        return answer(to: try await parts.submit(.tableImport(plan), call))
    }

    /// The archive and what of it is wanted; all that is wrong with the form in one answer.
    private func checked(_ form: Form<TemporarySink>) throws -> (Form<TemporarySink>.File, ContentSelection) {
        let (selection, errors) = Self.selection { form.fields[$0] }
        if form.files["backup_file"] == nil, form.fields["backup_file"] == nil, !errors.isEmpty {
            throw Refusal(fields: [FieldError.missing(["backup_file"], input: .null)] + errors)
        }
        let file = try form.requiredFile("backup_file")
        guard errors.isEmpty else { throw Refusal(fields: errors) }
        guard file.name.hasSuffix(".zip") else { throw Refusal(.badRequest, "Backup file must be a ZIP file") }
        return (file, selection)
    }

    /// Reads the flags, which default to true, from a query or a form.
    private static func selection(
        _ value: (String) -> String?
    ) -> (selection: ContentSelection, errors: [FieldError]) {
        var chosen: [String: Bool] = [:]
        var errors: [FieldError] = []
        for flag in flags {
            guard let text = value(flag) else { continue }
            if let isChosen = LaxBoolean.parse(text) {
                chosen[flag] = isChosen
            } else {
                errors.append(LaxBoolean.Fault.parsing.error([.string(flag)], input: .string(text)))
            }
        }
        let selection = ContentSelection(
            maps: chosen["maps"] ?? true, scenes: chosen["scenes"] ?? true, audio: chosen["audio"] ?? true)
        return (selection, errors)
    }
}

extension Refusal {
    /// What came of the work on an archive: 507 where the disk is full, else the status that is given.
    fileprivate init(_ error: ReplayError, else status: HTTPResponse.Status, _ detail: String) {
        if case .noSpace = error {
            self.init(CommandError.storageFull)
        } else {
            self.init(status, detail)
        }
    }

    /// 400 for a backup that can't be read, 413 for one that unpacks to too much.
    fileprivate init(_ error: BackupError) {
        switch error {
        case .invalid(let reason): self.init(.badRequest, reason)
        case .tooLarge(let reason): self.init(.contentTooLarge, reason)
        case .refused(let error): self.init(error)
        }
    }
}
