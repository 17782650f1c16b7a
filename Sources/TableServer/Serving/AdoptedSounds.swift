import Journal
import Logging
import Table

/// The operator's sounds folder, looked at again whenever somebody asks for sounds.
package struct AdoptedSounds: Sendable {
    private let adoption: SoundsAdoption
    private let logger: Logger

    /// - Parameters:
    ///   - folder: Holds `loop` and `oneshot`; may be missing.
    ///   - tableFolder: The table's own folder, where it is kept what was seen.
    package init(
        folder: String, table: Table, tableFolder: String, fileSystem: any FileSystem, logger: Logger
    ) {
        self.adoption = SoundsAdoption(
            folder: folder, table: table, tableFolder: tableFolder, fileSystem: fileSystem)
        self.logger = logger
    }

    /// Takes in what is new; costs one look at each file otherwise.
    package func refresh() async {
        let report: SoundsAdoption.Report
        do {
            report = try await onBlockingThread { [adoption] in adoption.scan() }
        } catch {
            // The thread pool refuses only when the process ends.
            return logger.debug("Sounds were not looked at", metadata: ["error": "\(error)"])
        }
        if !report.added.isEmpty {
            logger.info("Sounds taken in from the folder", metadata: ["count": "\(report.added.count)"])
        }
        if let fault = report.memoryFault {
            logger.warning("The sounds folder's record is of no use", metadata: ["reason": "\(fault)"])
        }
        for skipped in report.skipped {
            logger.debug("Sound passed over", metadata: ["file": "\(skipped.name)", "reason": "\(skipped.reason)"])
        }
    }
}
