import Journal

/// Where an export's bytes go: a file that appears whole, or whatever takes them.
package final class ExportTarget {
    private let file: StagedFile?
    private let sink: ([UInt8]) throws -> Void
    /// Bytes so far.
    package private(set) var byteCount: Int64 = 0

    private init(file: StagedFile?, sink: @escaping ([UInt8]) throws -> Void) {
        self.file = file
        self.sink = sink
    }

    /// A file, which has its name once ``finish()`` returns; without that, nothing is left of it.
    ///
    /// - Throws: ``ReplayError/usage(_:hint:)`` if something is there that may not be replaced.
    package static func file(
        _ path: String, overwrites: Bool, fileSystem: any FileSystem
    ) throws(ReplayError) -> ExportTarget {
        let file = try StagedFile(path, overwrites: overwrites, fileSystem: fileSystem)
        return ExportTarget(file: file) { bytes in
            do throws(FileError) {
                try file.append(bytes)
            } catch {
                throw ReplayError.writing(
                    "\(path) can't be written: \(error)", hint: "Nothing was left behind.", because: error)
            }
        }
    }

    /// Somebody who takes bytes.
    package static func output(_ sink: @escaping ([UInt8]) throws -> Void) -> ExportTarget {
        ExportTarget(file: nil, sink: sink)
    }

    /// Takes the next bytes.
    package func append(_ bytes: [UInt8]) throws {
        try sink(bytes)
        byteCount += Int64(bytes.count)
    }

    /// All of it is there: syncs the file and gives it its name.
    package func finish() throws(ReplayError) {
        try replayWriting { () throws(FileError) in try file?.finish() }
    }
}
