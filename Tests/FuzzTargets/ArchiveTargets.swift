import Replay

extension FuzzTarget {
    static let archiveEntry = FuzzTarget("archive-entry", "a path in a journal's archive") { input in
        let text = input.text
        guard let name = ArchiveEntryName(text) else { return }
        try require(name.path == text, "'\(text)' comes out as '\(name.path)'")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        try require(!text.hasPrefix("/") && !parts.contains("..") && !parts.contains(""), "'\(text)' leads elsewhere")
        try require(parts.count == 1 || parts[0] == "blobs", "'\(text)' stands in a folder of its own")
        try require(!ArchiveEntryName.isFolder(text), "'\(text)' is a file and a folder")
    }
}
