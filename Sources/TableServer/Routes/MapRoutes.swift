import HTTPTypes
import Hummingbird
import JSONDocument
import Table

/// `/maps…` (CONTRACT.md section 3, "Maps").
struct MapRoutes: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        table.add("GET", "/maps/list") { _ in parts.list(parts.views.maps) }
        table.add("GET", "/maps/folders") { _ in parts.list(parts.views.mapFolders) }
        table.add("POST", "/maps/folder") { try await parts.change("map-folder.create", $0, data: parts.body($0)) }
        // The old server took one component only, so nested folders couldn't be deleted (F13).
        table.add("DELETE", "/maps/folder/{path...}") {
            try await parts.change("map-folder.delete", $0, parameters: ["path": $0.parameters[0]])
        }
        table.add("POST", "/maps/upload", upload)
        table.add("GET", "/maps/file/{path...}", file)
        table.add("DELETE", "/maps/file/{name}") {
            try await parts.change("map.delete", $0, parameters: ["path": $0.parameters[0]])
        }
        table.add("PUT", "/maps/rename/{name}") {
            try await parts.change("map.rename", $0, data: parts.body($0), parameters: ["path": $0.parameters[0]])
        }
        table.add("PUT", "/maps/move/{name}") {
            try await parts.change("map.move", $0, data: parts.body($0), parameters: ["path": $0.parameters[0]])
        }
        table.add("POST", "/maps/data") { try await parts.change("map.store-data", $0, data: parts.body($0)) }
        table.add("GET", "/maps/data/{name}", data)
    }

    private func file(_ call: Call) async throws -> Response {
        guard let map = MapViews.find(parts.table.committed.document, call.parameters[0]) else {
            throw Refusal(.notFound, "Map not found: \(call.parameters[0])")
        }
        var file = try parts.file(map.blob, named: map.path)
        file.refusesMalformedRange = true
        return try await FileAnswer.make(file, call: call)
    }

    private func data(_ call: Call) throws -> Response {
        guard let data = MapViews.data(parts.table.committed.document, call.parameters[0]) else {
            throw Refusal(.notFound, "Map '\(call.parameters[0])' not found")
        }
        return Answer.json(data)
    }

    private func upload(_ call: Call) async throws -> Response {
        let outcome = try await parts.upload(call) { file, form, blob in
            .mapUpload(folder: form.fields["folder"], name: file.name, blob: blob)
        }
        return parts.answer(to: outcome)
    }
}
