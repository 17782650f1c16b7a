import JSONDocument

/// A change that somebody asks for, as the sync protocol names it (sync-protocol.md, "Commands").
///
/// ``parse(name:data:parameters:)`` makes one from a WebSocket command or a REST body on the caller's thread and checks
/// everything that needs no look at the document. ``Decider`` then decides it against the document.
package enum Command: Sendable {
    /// `live.change` with a whole scene. `bases` are the scenes that its sender may have had, newest first; none: it is
    /// taken to have had the present one.
    case liveScene(scene: JSONValue, bases: [JSONValue])
    /// `live.change` with a patch. Its pointers are the document's (`/live/name`), or all relative to the live scene.
    case livePatch(JSONPatch)

    /// `viewer.blank` (true) and `viewer.unblank` (false).
    case viewerBlank(Bool)
    /// `viewer.rotate` (true) and `viewer.unrotate` (false).
    case viewerRotate(Bool)
    /// `viewer.night-mode`; what isn't given stays. `brightness` is a number and keeps its text.
    case viewerNightMode(enabled: Bool?, brightness: JSONValue?)

    /// `scene.save`: the scene in its stored form but for the id, which the decision makes.
    case sceneSave(scene: JSONValue)
    /// `scene.update`: replaces the scene `id`, whatever id the body holds.
    case sceneUpdate(id: String, scene: JSONValue)
    /// `scene.delete`: the scene and its images.
    case sceneDelete(id: String)
    /// An uploaded image; `name` is the file's own.
    case sceneImageAdd(sceneID: String, name: String, blob: BlobReference)
    /// `scene.image-remove`: the file and its listing in the scene.
    case sceneImageRemove(sceneID: String, imageID: String)

    /// `scene-folder.create`: the folder and the parents that it lacks.
    case sceneFolderCreate(path: String)
    /// `scene-folder.rename`: `path` keeps its place and gets another last part.
    case sceneFolderRename(path: String, newName: String)
    /// `scene-folder.delete`: the folder and everything below it.
    case sceneFolderDelete(path: String)

    /// An uploaded map; `folder` is as the form sent it, nil and `""` are the root.
    case mapUpload(folder: String?, name: String, blob: BlobReference)
    /// `map.rename`: `map` is a bare name, looked up in every folder, or a whole path, as in the other map commands.
    case mapRename(map: String, newName: String)
    /// `map.move`: `folder` nil is the root.
    case mapMove(map: String, folder: String?)
    /// `map.delete`: the map and its data.
    case mapDelete(map: String)
    /// `map.store-data`: `document` is the stored form `{"name","folder","data",…}`, `folder` nil the root.
    case mapStoreData(folder: String?, name: String, document: JSONValue)

    /// `map-folder.create`: `name` is what the answer calls it, `path` the whole path.
    case mapFolderCreate(path: String, name: String)
    /// `map-folder.rename`: `folder` as in ``mapFolderDelete(folder:)``.
    case mapFolderRename(folder: String, newName: String)
    /// `map-folder.delete`: `folder` is a whole path, or a bare name if only one folder has it.
    case mapFolderDelete(folder: String)

    /// A sound that was uploaded or found; `path` begins with the category, as in the other sound commands:
    /// `loop/Ambience/tavern.mp3`.
    case soundAdd(path: String, blob: BlobReference)
    /// `sound.move`: both are whole paths.
    case soundMove(path: String, to: String)
    /// `sound.remove`: what plays it stops.
    case soundRemove(path: String)

    /// `audio.play`: `sound` nil is what is on now; `position` in seconds, nil where it was or another sound's start.
    case audioPlay(sound: String?, position: JSONValue?, volume: JSONValue?)
    /// `audio.pause`: `position` nil is computed from when it was started.
    case audioPause(position: JSONValue?)
    /// `audio.stop`: nothing is on any more.
    case audioStop
    /// `audio.volume`: a number from 0 to 1.
    case audioVolume(JSONValue)

    /// What an archive or an old data folder holds, its blobs already stored.
    case tableImport(ImportPlan)
    /// Brings the table, or places of it, back to what it was.
    case tableRestore(RestorePlan)
    /// Takes back a step, or brings one back that was undone.
    case tableUndo(UndoPlan)

    /// `table.restore` as it came: history is read, and it becomes ``tableRestore(_:)``, before the decision.
    case restoreRequest(RestoreRequest)
    /// `table.undo` as it came.
    case undoRequest(UndoRequest)
    /// `table.redo` as it came.
    case redoRequest(UndoRequest)

    /// A relayed message as an event of its own (`--journal-effects`).
    case effect(Effect)
}
