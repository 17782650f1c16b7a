/// Something that a careless journal would leave out.
///
/// The simulation must notice each of them; if it doesn't, it proves nothing. The journal's code stays as it is: the disk that it
/// is given does what it would do for a journal that leaves this out (``WeakenedFileSystem``).
package enum Weakness: String, CaseIterable, Sendable {
    /// `fdatasync` of segments isn't called.
    case noDataSync = "no-data-sync"

    /// Folders aren't synced, so new and renamed files have no durable name.
    case noFolderSync = "no-folder-sync"

    /// A block's checksum is not compared.
    case noChecksum = "no-checksum"

    /// Recovery doesn't write the last frame's bytes anew.
    case noRewrite = "no-rewrite"

    /// A file that was cut isn't synced before it is written on.
    case noSyncAfterCut = "no-sync-after-cut"
}
