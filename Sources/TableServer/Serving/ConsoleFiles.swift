import ClientLibrary
import Crypto
import Glibc
import JSONDocument
import Journal

/// The console's files, read once: what a request asks for is looked up here and never on the disk.
package struct ConsoleFiles: Sendable {
    /// One file, ready to be sent.
    package struct File: Sendable {
        /// Its content.
        package let bytes: [UInt8]
        /// Its media type.
        package let type: String
        /// Its entity tag with quotes, of its content.
        package let tag: String
    }

    /// By the name that a page asks for: `style.css`, `client/spelltable.js`.
    package private(set) var files: [String: File] = [:]

    /// The page itself.
    package static let index = "index.html"
    /// The page about the HTTP routes.
    static let documentation = "docs.html"
    /// What it shows: the description of the routes, OpenAPI 3.1.
    static let openAPI = "openapi.json"

    /// Reads what stands in the folders that SwiftPM puts beside the program; without them there is no console.
    ///
    /// Not by `Bundle.module`, which ends the process where its folder is missing.
    ///
    /// - Parameter folder: Where the program stands; nil for the running one.
    /// - Throws: A `FileError` for a file that can't be read.
    package init(besideProgramIn folder: String? = nil, fileSystem: any FileSystem = PosixFileSystem())
        throws(FileError)
    {
        guard let folder = folder ?? Self.programFolder() else { return }
        try read("\(folder)/SpellTable_TableServer.resources/Console", prefix: "", fileSystem)
        try read("\(folder)/\(ClientLibrary.bundleName)", prefix: "client/", fileSystem)
    }

    private mutating func read(_ folder: String, prefix: String, _ fileSystem: any FileSystem) throws(FileError) {
        guard try fileSystem.status(folder)?.isFolder == true else { return }
        for name in try fileSystem.list(folder) {
            guard let type = Self.type(of: name), let bytes = try fileSystem.contents(of: "\(folder)/\(name)") else {
                continue
            }
            let digest = hexString(SHA256.hash(data: bytes).prefix(16))
            files[prefix + name] = File(bytes: bytes, type: type, tag: "\"\(digest)\"")
        }
    }

    /// The console's own kinds of files; anything else isn't handed out.
    private static func type(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "json": "application/json"
        default: nil
        }
    }

    private static func programFolder() -> String? {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        guard count > 0, count < path.count else { return nil }
        return parentFolder(of: String(decoding: path.prefix(count), as: UTF8.self))
    }
}
