import HTTPTypes
import Hummingbird
import JSONDocument
import Table

/// `/scenes…` (CONTRACT.md section 3, "Scenes").
struct SceneRoutes: Sendable {
    let parts: ServerParts

    func add(to table: inout RouteTable<Handler>) {
        table.add("POST", "/scenes/save") { try await parts.change("scene.save", $0, data: parts.body($0)) }
        table.add("GET", "/scenes/list") { _ in parts.list(parts.views.scenes) }
        table.add("GET", "/scenes/load/{id}", load)
        table.add("POST", "/scenes/folder") {
            try await parts.change("scene-folder.create", $0, data: parts.body($0))
        }
        table.add("PUT", "/scenes/folder/{path...}") {
            try await parts.change(
                "scene-folder.rename", $0, data: parts.body($0), parameters: ["path": $0.parameters[0]])
        }
        table.add("DELETE", "/scenes/folder/{path...}") {
            try await parts.change("scene-folder.delete", $0, parameters: ["path": $0.parameters[0]])
        }
        table.add("GET", "/scenes/image/{path...}", image)
        table.add("POST", "/scenes/{id}/image", addImage)
        table.add("DELETE", "/scenes/{id}/image/{image}") {
            try await parts.change(
                "scene.image-remove", $0, parameters: ["id": $0.parameters[0], "imageId": $0.parameters[1]])
        }
        table.add("PUT", "/scenes/{id}") {
            try await parts.change("scene.update", $0, data: parts.body($0), parameters: ["id": $0.parameters[0]])
        }
        table.add("DELETE", "/scenes/{id}") {
            try await parts.change("scene.delete", $0, parameters: ["id": $0.parameters[0]])
        }
    }

    private func load(_ call: Call) throws -> Response {
        guard let scene = SceneViews.load(parts.table.committed.document, call.parameters[0]) else {
            throw Refusal(.notFound, "Scene not found")
        }
        return Answer.json(scene)
    }

    private func image(_ call: Call) async throws -> Response {
        let path = call.parameters[0]
        guard let blob = SceneViews.imageReference(parts.table.committed.document, path: path) else {
            throw Refusal(.notFound, "Image not found")
        }
        var file = try parts.file(blob, named: path)
        file.refusesMalformedRange = true
        return try await FileAnswer.make(file, call: call)
    }

    private func addImage(_ call: Call) async throws -> Response {
        let outcome = try await parts.upload(call) { file, _, blob in
            .sceneImageAdd(sceneID: call.parameters[0], name: file.name, blob: blob)
        }
        return parts.answer(to: outcome)
    }
}
