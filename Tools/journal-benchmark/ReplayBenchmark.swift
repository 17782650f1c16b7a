import JSONDocument
import Journal
import Table

/// Folds a journal of small events into the document, from the first event on, without snapshots.
struct ReplayBenchmark {
    let eventCount: Int

    func run() throws {
        try withScratchFolder { folder in
            try writeMoves(self.eventCount, to: folder)
            let reader = try JournalReader(folder: folder, fileSystem: PosixFileSystem())
            let rates = try (0..<5).map { _ in try self.rate(reader) }
            printRow("replay of small events, one core", rates.median, "events/s", target: ">= 1000000")
        }
    }

    /// - Returns: Events a second of processor time.
    private func rate(_ reader: JournalReader) throws -> Double {
        let (taken, count) = try measure {
            var fold = DocumentFold(TableDocument.empty, at: -1)
            var cursor = reader.cursor(from: 0)
            while let chunk = try cursor.next() {
                try chunk.forEachLine { _, line in try fold.advance(line) }
            }
            return fold.offset + 1
        }
        return Double(count) / taken.processor
    }
}

/// Reads every line of a journal: headers and block checksums verified, unpacked, offsets checked, nothing applied.
enum ScanBenchmark {
    /// - Parameter eventCount: So many events in a journal of its own.
    static func run(eventCount: Int) throws {
        try withScratchFolder { folder in
            try writeMoves(eventCount, to: folder)
            try self.run(folder: folder)
        }
    }

    static func run(folder: String) throws {
        let reader = try JournalReader(folder: folder, fileSystem: PosixFileSystem())
        let first = try reader.firstOffset()
        let rates = try (0..<5).map { _ in
            let (taken, count) = try measure {
                var cursor = reader.cursor(from: first)
                while try cursor.next() != nil {}
                return cursor.nextOffset - first
            }
            return Double(count) / taken.processor
        }
        printRow("decode and scan of small events, one core", rates.median, "events/s", target: ">= 0.7 of C")
    }
}
