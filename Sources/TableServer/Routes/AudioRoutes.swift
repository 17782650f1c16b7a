import HTTPTypes
import Hummingbird
import JSONDocument
import Table

/// `/audio…` (CONTRACT.md section 3, "Audio"; sync-protocol.md, "Commands").
struct AudioRoutes: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        table.add("GET", "/audio/list", list)
        table.add("GET", "/audio/file/{category}/{path...}", file)
        table.add("DELETE", "/audio/file/{category}/{path...}") {
            try await parts.change("sound.remove", $0, parameters: ["path": try path($0)])
        }
        table.add("POST", "/audio/upload", upload)
        table.add("PUT", "/audio/move/{category}/{path...}") {
            try await parts.change("sound.move", $0, data: parts.body($0), parameters: ["path": try path($0)])
        }
        table.add("GET", "/audio/playback") { _ in Answer.json(AudioViews.playback(parts.table.committed.document)) }
        table.add("POST", "/audio/playback") { try await parts.change("audio.playback", $0, data: parts.body($0)) }
    }

    private func list(_ call: Call) async -> Response {
        await parts.sounds?.refresh()
        return parts.list(parts.views.sounds)
    }

    private func file(_ call: Call) async throws -> Response {
        _ = try path(call)
        guard let blob = await blob(call) else {
            throw Refusal(.notFound, "Audio file not found: \(call.parameters[1])")
        }
        var file = try parts.file(blob, named: call.parameters[1])
        file.headers = [
            .cacheControl: "public, max-age=86400", .accessControlAllowOrigin: "*",
            .accessControlAllowMethods: "GET, OPTIONS", .accessControlAllowHeaders: "Content-Type",
        ]
        return try await FileAnswer.make(file, call: call)
    }

    /// The sound, which may have been put into the sounds folder a moment ago.
    private func blob(_ call: Call) async -> BlobReference? {
        let find = {
            AudioViews.file(
                parts.table.committed.document, category: call.parameters[0], path: call.parameters[1])
        }
        if let blob = find() { return blob }
        guard let sounds = parts.sounds else { return nil }
        await sounds.refresh()
        return find()
    }

    private func upload(_ call: Call) async throws -> Response {
        let outcome = try await parts.upload(call) { file, form, blob in
            guard MediaType.sound(forName: file.name) != nil else {
                throw Refusal(
                    .unsupportedMediaType, "Only sounds can be stored: .mp3, .ogg, .wav, .flac, .m4a and the like")
            }
            let category = try form.requiredField("category")
            do {
                let path = try SoundPath.checked(category: category, folder: form.fields["folder"], name: file.name)
                return .soundAdd(path: path, blob: blob)
            } catch let error as CommandError {
                throw Refusal(error)
            }
        }
        return parts.answer(to: outcome)
    }

    /// The sound's path from the URL's two parts.
    private func path(_ call: Call) throws -> String {
        guard SoundPath.categories.contains(call.parameters[0]) else { throw Refusal(SoundPath.invalidCategory) }
        return ContentPath.join(call.parameters[0], call.parameters[1])
    }
}
