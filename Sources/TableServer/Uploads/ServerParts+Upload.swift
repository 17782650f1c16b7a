import JSONDocument
import Table

extension ServerParts {
    /// Takes a form's `file` into the blobs and makes the change that names it.
    ///
    /// In this order nothing is left of an upload that fails: the form is read to its end, the change is rehearsed
    /// without the blob, then the blob is made durable, and only then is the event written that names it.
    ///
    /// - Parameter makeCommand: The command for the file; called twice, first with a blob that stands for it.
    func upload(
        _ call: Call, makeCommand: (Form<BlobSink>.File, Form<BlobSink>, BlobReference) throws -> Command
    ) async throws -> CommandOutcome {
        let blobs = table.blobs
        let reader = FormReader(
            fileField: "file", maxFileByteCount: configuration.maxUploadByteCount,
            checkStart: { name, start in try ContentCheck.check(name: name, start: start) },
            makeSink: { try BlobSink(blobs) })
        let form = try await reader.read(call)
        defer { form.cancel() }
        let file = try form.requiredFile("file")
        let standIn = BlobReference(
            sha256: String(repeating: "0", count: 64), size: 0, mediaType: MediaType.forName(file.name))
        try rehearse(try makeCommand(file, form, standIn))
        let blob = try await onBlockingThread { try file.sink.keep(name: file.name) }
        let outcome = try await submit(try makeCommand(file, form, blob), call)
        metrics.uploaded(byteCount: blob.size)
        return outcome
    }

    /// A blob as a file to be sent.
    ///
    /// - Parameter name: The name that it goes by, whose extension decides about the type, as with the old server.
    /// - Throws: ``Journal/FileError`` where the folders that may have it can't be looked at.
    func file(_ blob: BlobReference, named name: String) throws -> ServedFile {
        ServedFile(
            path: try table.blobs.location(of: blob.sha256), type: MediaType.forName(name), tag: "\"\(blob.sha256)\"")
    }
}
