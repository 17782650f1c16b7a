/// The rules for every name and path that comes from a client or an archive (state-document.md; contract, section 7).
///
/// A path has no leading or trailing slash and no empty, `.` or `..` part, no control character and no backslash; a
/// name is one such part. Paths in a body that break the rules are refused with ``CommandError/Code/invalid`` (400).
/// Paths in a URL need no check of their own: no entry of the document has such a key, so the look-up answers 404.
///
/// All comparing is by UTF-8 bytes, so that a `/` before a combining mark is still a separator.
package enum ContentPath {
    /// The longest name, in UTF-8 bytes: what common file systems take, so that every table can be exported.
    package static let nameByteCountMax = 255
    /// The longest path, in UTF-8 bytes.
    package static let pathByteCountMax = 1024

    // MARK: Checking

    /// A folder path as the document keeps it; nil for the root, which nil and `""` mean.
    ///
    /// Trailing slashes, which people type, are cut off.
    ///
    /// - Throws: ``CommandError/Code/invalid`` if it breaks the rules.
    package static func checkedFolder(_ path: String?) throws(CommandError) -> String? {
        guard let path, !path.isEmpty else { return nil }
        var bytes = Substring(path).utf8
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        let trimmed = String(Substring(bytes))
        try requireValid(trimmed)
        return trimmed
    }

    /// - Throws: ``CommandError/Code/invalid`` if a path breaks the rules.
    package static func requireValid(_ path: String) throws(CommandError) {
        guard let fault = fault(inPath: path) else { return }
        throw CommandError(.invalid, "Invalid path '\(shown(path))': \(fault)")
    }

    /// A file's or folder's name.
    ///
    /// - Parameter what: What the name is of, for the message: `File name`, `Folder name`.
    /// - Throws: ``CommandError/Code/invalid`` if it is empty or breaks the rules.
    @discardableResult
    package static func checkedName(_ name: String, what: String = "File name") throws(CommandError) -> String {
        guard !name.isEmpty else { throw CommandError(.invalid, "\(what) is required") }
        if let fault = fault(inName: name) {
            throw CommandError(.invalid, "Invalid name '\(shown(name))': \(fault)")
        }
        return name
    }

    /// A file's whole path from a checked folder and name; refused if it is too long as a whole.
    package static func checkedPath(folder: String?, name: String) throws(CommandError) -> String {
        let path = join(folder, name)
        guard path.utf8.count <= pathByteCountMax else {
            throw CommandError(.invalid, "Invalid path '\(shown(path))': it is longer than \(pathByteCountMax) bytes")
        }
        return path
    }

    /// What is wrong with a path, or nil.
    package static func fault(inPath path: String) -> String? {
        if path.utf8.first == UInt8(ascii: "/") { return "it must not begin with '/'" }
        if path.utf8.count > pathByteCountMax { return "it is longer than \(pathByteCountMax) bytes" }
        for part in components(of: path) {
            if let fault = fault(inName: part) { return fault }
        }
        return nil
    }

    /// What is wrong with a name, or nil.
    static func fault(inName name: String) -> String? {
        switch name {
        case "": return "a part of it is empty"
        case ".", "..": return "'\(name)' is not allowed as a part"
        default: break
        }
        if name.utf8.count > nameByteCountMax { return "a part of it is longer than \(nameByteCountMax) bytes" }
        for scalar in name.unicodeScalars {
            if scalar == "/" || scalar == "\\" { return "'\(scalar)' is not allowed in a name" }
            if scalar.properties.generalCategory == .control { return "control characters are not allowed" }
        }
        return nil
    }

    /// A text for a message: short, and without the control characters that it is refused for.
    private static func shown(_ text: String) -> String {
        let printable = text.unicodeScalars.lazy.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
        var short = String.UnicodeScalarView()
        short.append(contentsOf: printable.prefix(80))
        return String(short) + (text.unicodeScalars.count > 80 ? "…" : "")
    }

    // MARK: Taking apart and putting together

    /// The parts between the slashes; empty ones are kept.
    package static func components(of path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// `folder/name`, or only the name in the root (nil or `""`).
    package static func join(_ folder: String?, _ name: String) -> String {
        guard let folder, !folder.isEmpty else { return name }
        return folder + "/" + name
    }

    /// The part after the last slash.
    package static func lastComponent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// Whether a name is the part after the last slash; makes no strings, for looking through all paths.
    package static func isNamed(_ path: String, _ name: String) -> Bool {
        guard path.utf8.count > name.utf8.count else { return path.utf8.elementsEqual(name.utf8) }
        let tail = path.utf8.suffix(name.utf8.count + 1)
        return tail.first == UInt8(ascii: "/") && tail.dropFirst().elementsEqual(name.utf8)
    }

    /// The folder that holds a path; nil for the root.
    package static func parent(of path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return String(path[..<slash])
    }

    /// All folders on the way to a path, the outermost first, without itself.
    package static func ancestors(of path: String) -> [String] {
        path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }.map { String(path[..<$0]) }
    }

    /// Whether a path is the folder itself or lies anywhere below it.
    package static func isAtOrBelow(_ path: String, _ folder: String) -> Bool {
        guard path.utf8.starts(with: folder.utf8) else { return false }
        let rest = path.utf8.dropFirst(folder.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }

    /// The path after its folder `old` became `new`; nil if it isn't at or below `old`.
    package static func rebased(_ path: String, from old: String, to new: String) -> String? {
        guard isAtOrBelow(path, old) else { return nil }
        return new + String(Substring(path.utf8.dropFirst(old.utf8.count)))
    }
}
