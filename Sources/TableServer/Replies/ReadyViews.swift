import JSONDocument
import Table

/// The lists that REST hands out, each made once after a change of what it lists.
package struct ReadyViews: Sendable {
    /// `GET /scenes/list`.
    let scenes = ViewCache(of: [.scenes, .sceneFolders]) { ReadyJSON(SceneViews.list($0)) }
    /// `GET /maps/list`.
    let maps = ViewCache(of: [.maps]) { ReadyJSON(MapViews.list($0)) }
    /// `GET /maps/folders`.
    let mapFolders = ViewCache(of: [.mapFolders]) { ReadyJSON(MapViews.folders($0)) }
    /// `GET /audio/list`.
    let sounds = ViewCache(of: [.sounds]) { ReadyJSON(AudioViews.list($0)) }

    /// Views for a table; what its changes make old is let go of at once.
    package init(of table: Table) {
        let caches = [scenes, maps, mapFolders, sounds]
        _ = table.onCommit { batch in
            for cache in caches { cache.forget(unlessOf: batch.state.document) }
        }
    }
}
