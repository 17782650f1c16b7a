import Journal

/// What a table is opened with: where it lives and everything that it takes from the world outside.
package struct TableConfiguration: Sendable {
    /// The table's own folder (`journal/default`); created where it is absent.
    package var folder: String
    package var fileSystem: any FileSystem
    package var clock: JournalClock
    /// Names for new scenes, images and uploads: lower-case UUID texts.
    package var makeUUID: @Sendable () -> String
    package var options: TableOptions
    /// Told of what happens out of sight of any caller; see ``TableNotice``.
    package var observer: TableObserver
    /// Told how long things took; nil: nobody wants to know.
    package var meter: TableMeter?

    package init(
        folder: String, fileSystem: any FileSystem, clock: @escaping JournalClock,
        makeUUID: @escaping @Sendable () -> String, options: TableOptions = TableOptions(),
        observer: @escaping TableObserver = { _ in }, meter: TableMeter? = nil
    ) {
        self.folder = folder
        self.fileSystem = fileSystem
        self.clock = clock
        self.makeUUID = makeUUID
        self.options = options
        self.observer = observer
        self.meter = meter
    }
}

/// Limits and choices of one table; the defaults fit a table on one machine.
package struct TableOptions: Sendable {
    /// Sizes of frames and segments, and after how long a quiet frame is ended.
    package var journal: JournalOptions
    /// A snapshot is taken when this many events were written since the last one.
    package var snapshotEveryEvents: Int
    /// A snapshot is also taken when this many bytes of lines were written since the last one.
    ///
    /// A start replays at most about this much, which takes well under a second.
    package var snapshotEveryByteCount: Int
    /// How often a snapshot is compared with the events, in milliseconds; nil: never.
    package var snapshotCheckMilliseconds: Int64?
    /// Whether effects without state become `effect.relayed` events (`--journal-effects`).
    package var journalEffects: Bool
    /// Commands that may be queued or being decided at once; beyond it `submit` suspends or refuses.
    package var queueLimit: Int
    package var commandWindow: CommandWindow.Limits
    /// How many events back an undo or redo without an offset looks for one to take.
    package var undoReach: Int

    package init(
        journal: JournalOptions = JournalOptions(), snapshotEveryEvents: Int = 50_000,
        snapshotEveryByteCount: Int = 32 << 20, snapshotCheckMilliseconds: Int64? = 3_600_000,
        journalEffects: Bool = false, queueLimit: Int = 16_384,
        commandWindow: CommandWindow.Limits = CommandWindow.Limits(), undoReach: Int = 20_000
    ) {
        self.journal = journal
        self.snapshotEveryEvents = snapshotEveryEvents
        self.snapshotEveryByteCount = snapshotEveryByteCount
        self.snapshotCheckMilliseconds = snapshotCheckMilliseconds
        self.journalEffects = journalEffects
        self.queueLimit = queueLimit
        self.commandWindow = commandWindow
        self.undoReach = undoReach
    }
}
