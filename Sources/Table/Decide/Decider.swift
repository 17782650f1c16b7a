import JSONDocument
import Journal

/// Decides what a command does to the table: the events to write, or why not.
///
/// Pure: the same command, document and context always give the same. Each command makes one event, none if it changes
/// nothing, or a group if its patch is too large for a line. Whatever is decided keeps the document's invariants: the
/// parents of every folder, map and sound exist, and nothing refers to a name that a rename took away.
package enum Decider {
    /// - Throws: The refusal, with the contract's text.
    package static func decide(
        _ command: Command, document: JSONValue, context: DecisionContext
    ) throws(CommandError) -> Decision {
        let table = Deciding(document: document, context: context)
        switch command {
        case .liveScene(let scene, let bases): return table.liveScene(scene, bases: bases)
        case .livePatch(let patch): return try table.livePatch(patch)
        case .viewerBlank(let blank): return table.viewerBlank(blank)
        case .viewerRotate(let rotated): return table.viewerRotate(rotated)
        case .viewerNightMode(let enabled, let brightness): return table.viewerNightMode(enabled, brightness)

        case .sceneSave(let scene): return try table.sceneSave(scene)
        case .sceneUpdate(let id, let scene): return try table.sceneUpdate(id, scene)
        case .sceneDelete(let id): return try table.sceneDelete(id)
        case .sceneImageAdd(let id, let name, let blob): return try table.sceneImageAdd(id, name: name, blob)
        case .sceneImageRemove(let id, let image): return try table.sceneImageRemove(id, image)
        case .sceneFolderCreate(let path): return try table.sceneFolderCreate(path)
        case .sceneFolderRename(let path, let newName): return try table.sceneFolderRename(path, to: newName)
        case .sceneFolderDelete(let path): return try table.sceneFolderDelete(path)

        case .mapUpload(let folder, let name, let blob): return try table.mapUpload(folder, name: name, blob)
        case .mapRename(let map, let newName): return try table.mapRename(map, to: newName)
        case .mapMove(let map, let folder): return try table.mapMove(map, to: folder)
        case .mapDelete(let map): return try table.mapDelete(map)
        case .mapStoreData(let folder, let name, let data): return try table.mapStoreData(folder, name: name, data)
        case .mapFolderCreate(let path, let name): return try table.mapFolderCreate(path, name: name)
        case .mapFolderRename(let folder, let newName): return try table.mapFolderRename(folder, to: newName)
        case .mapFolderDelete(let folder): return try table.mapFolderDelete(folder)

        case .soundAdd(let path, let blob): return try table.soundAdd(path, blob)
        case .soundMove(let path, let to): return try table.soundMove(path, to: to)
        case .soundRemove(let path): return try table.soundRemove(path)
        case .audioPlay(let sound, let position, let volume):
            return try table.audioPlay(sound, position: position, volume: volume)
        case .audioPause(let position): return table.audioPause(position)
        case .audioStop: return table.audioStop()
        case .audioVolume(let volume): return try table.audioVolume(volume)

        case .tableImport(let plan): return try table.tableImport(plan)
        case .tableRestore(let plan): return try table.tableRestore(plan)
        case .tableUndo(let plan): return try table.tableUndo(plan)
        case .effect(let effect): return try table.effect(effect)
        case .restoreRequest, .undoRequest, .redoRequest:
            throw CommandError(.unsupported, "History has to be read before this can be decided")
        }
    }
}

/// One decision's inputs.
///
/// Its methods stand in the `Decider+…` files, one file per part of the table.
struct Deciding {
    let document: JSONValue
    let context: DecisionContext

    /// Adds the folder and its parents, as far as they aren't there.
    func missingFolders(_ folder: String?, _ member: TableDocument.Member) -> [JSONPatchOperation] {
        guard let folder else { return [] }
        let needed = ContentPath.ancestors(of: folder) + [folder]
        return needed.filter { document.entry(member, $0) == nil }.map { .add(.to(member, $0), .object([])) }
    }

    /// The keys of a first-level member that are a folder or lie below it.
    func keys(_ member: TableDocument.Member, atOrBelow folder: String) -> [String] {
        document.keys(member).filter { ContentPath.isAtOrBelow($0, folder) }
    }

    /// Moves every entry at or below a folder to the same place at or below another.
    func moves(_ member: TableDocument.Member, from old: String, to new: String) -> [JSONPatchOperation] {
        document.keys(member).compactMap { key in
            ContentPath.rebased(key, from: old, to: new).map { .move(from: .to(member, key), to: .to(member, $0)) }
        }
    }

    /// Puts an entry where none, another or the same one stands.
    func put(_ value: JSONValue, at key: String, in member: TableDocument.Member) -> [JSONPatchOperation] {
        guard let present = document.entry(member, key) else { return [.add(.to(member, key), value)] }
        return JSONDiff.patch(from: present, to: value, at: .to(member, key)).operations
    }

    /// Every saved scene, and the live one if there is one, with the pointer to it.
    var scenesAndLive: [(pointer: JSONPointer, scene: JSONValue)] {
        let saved = (document[.scenes].members ?? []).map { id, scene in
            (pointer: JSONPointer.to(.scenes, id), scene: scene)
        }
        return document[.live].isObject ? saved + [(.to(.live), document[.live])] : saved
    }

    /// Puts a member of an object that is at a pointer, whether it is there already or not.
    static func set(
        _ name: String, of object: JSONValue, at pointer: JSONPointer, to value: JSONValue
    ) -> [JSONPatchOperation] {
        switch object[name] {
        case value: []
        case nil: [.add(pointer.appending(name), value)]
        default: [.replace(pointer.appending(name), value)]
        }
    }
}
