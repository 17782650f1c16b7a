import JSONDocument

/// The scenes of which one is what a plain client had on its screen when it made the scene that it sends.
///
/// A plain client sends whole scenes and no version. What its user did is the difference between the scene that the page
/// had and the one that it sends; which one it had can only be narrowed down: its own last sent scene, or one of the
/// versions sent to it (state-document.md, "Lost updates"). `JSONMerge` takes the likeliest of ``bases()``.
///
/// Too many candidates do harm: a user who moves a token back to where it stood makes a scene equal to an old version, and
/// against that one nothing was changed. So versions are dropped as soon as the page can't be on them any more:
///
/// - A browser answers pings in order, so a pong proves that all versions written before its ping have arrived, but not yet
///   that the page has looked at them: they count as *settled* ``Limits/pageLag`` later. Everything older than the
///   newest settled version has been replaced by it in the page.
/// - A scene that the client sends replaces its last one, and every version that was settled before it arrived. Versions
///   that are not settled may have crossed it on the wire and stay.
/// - A scene that was found to be made of a version (``wasMade(of:)``) shows that the page had that one, and so every one
///   before it, which arrived earlier. So a token that is dragged away and back within the page's lag comes back.
///
/// The same pongs tell when a client has to be sent its own scene: see ``owesOwnScene``. So a client that sends scenes is sent a
/// ping with every scene that goes to it (``wantsPing``), in the same write.
///
/// Pure: the hub reports writes, pings and pongs in the order in which they go through the channel. Times are milliseconds
/// of any one monotonic clock.
package struct PlainSceneMemory: Sendable {
    /// What a memory may hold.
    package struct Limits: Sendable, Equatable {
        /// How many scenes are kept, the client's own included; at least 2.
        ///
        /// Default 64: more than three seconds of a drag that a client is sent move by move.
        package var versionCount: Int
        /// How many bytes of scenes, counted as text (in memory, versions share most of their parts).
        package var byteCount: Int
        /// How long after its pong scenes may still come that the page made of what it had before.
        ///
        /// Covers the page's own delay and how much later than the pong a scene may arrive. Too short loses what others did (a
        /// version is dropped that was the base), too long keeps versions that a user may come back to.
        package var pageLag: Int64

        /// The defaults, where nothing else is asked for.
        package init(versionCount: Int = 64, byteCount: Int = 8 << 20, pageLag: Int64 = 2_000) {
            self.versionCount = versionCount
            self.byteCount = byteCount
            self.pageLag = pageLag
        }
    }

    /// A scene that the client may have had.
    package struct Candidate: Sendable, Equatable, Identifiable {
        /// Names it within its memory.
        package let id: UInt64
        package let scene: JSONValue
    }

    private struct Version {
        let scene: JSONValue
        let byteCount: Int
        /// Counts everything that this memory was told of, sent and received, in order.
        let order: UInt64
        let isOwn: Bool
    }

    private struct Proof {
        let order: UInt64
        let settlesAt: Int64
    }

    private let limits: Limits
    private var versions: [Version] = []
    private var byteCount = 0
    private var newestOrder: UInt64 = 0
    private var newestSentOrder: UInt64 = 0
    /// The newest version that has certainly arrived, and the newest that the page has certainly looked at.
    private var arrivedOrder: UInt64 = 0
    private var settledOrder: UInt64 = 0
    /// ``arrivedOrder`` when the client's newest scene came.
    private var arrivedBeforeOwn: UInt64 = 0
    /// Pings without a pong yet, oldest first, each with the newest version written before it.
    private var pings: [(number: UInt64, order: UInt64)] = []
    private var newestPingedOrder: UInt64 = 0
    private var proofs: [Proof] = []
    private var hasSentScene = false

    /// The memory of a client that has seen and sent nothing yet.
    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// What the client may have had when it made what it sends next, newest first.
    ///
    /// Empty where nothing was sent either way: then the present scene is the base. Shows what is known as of the last call
    /// with a time; ``received(_:byteCount:now:)`` answers with the same, up to date.
    package func bases() -> [Candidate] {
        self.versions.reversed().map { Candidate(id: $0.order, scene: $0.scene) }
    }

    /// The client sent a scene, which is now handed to the table.
    ///
    /// Not called for a scene that was held back and replaced by a newer one (``PlainInflow``): what its user did is in the
    /// newer one too, measured from the same bases.
    ///
    /// - Returns: The candidates for its base, newest first.
    package mutating func received(_ scene: JSONValue, byteCount: Int, now: Int64) -> [Candidate] {
        self.settle(now: now)
        let bases = self.bases()
        let settled = self.settledOrder
        self.drop { $0.isOwn || $0.order <= settled }
        // Without pings before its first scene nothing is proven; but nobody begins to drag what he hasn't seen.
        if !self.hasSentScene { self.arrivedOrder = self.newestSentOrder }
        self.arrivedBeforeOwn = self.arrivedOrder
        self.hasSentScene = true
        self.append(scene, byteCount: byteCount, isOwn: true)
        return bases
    }

    /// The table took a candidate for what a scene of the client was made of.
    ///
    /// - Parameter id: One of those that ``received(_:byteCount:now:)`` gave. One of the client's own scenes proves nothing of
    ///   the versions that were under way then.
    package mutating func wasMade(of id: Candidate.ID) {
        guard let base = self.versions.first(where: { $0.order == id }), !base.isOwn else { return }
        self.drop { !$0.isOwn && $0.order <= id }
    }

    /// A scene was written to the client's channel.
    package mutating func sent(_ scene: JSONValue, byteCount: Int, now: Int64) {
        self.settle(now: now)
        self.append(scene, byteCount: byteCount, isOwn: false)
        self.newestSentOrder = self.newestOrder
    }

    /// A ping was written to the client's channel, behind everything sent so far.
    ///
    /// - Parameter number: Greater than every one before; the pong carries it back.
    package mutating func pingSent(_ number: UInt64) {
        self.pings.append((number, self.newestSentOrder))
        if self.pings.count > Self.pingCountMax { self.pings.removeFirst() }
        self.newestPingedOrder = self.newestSentOrder
    }

    /// A pong came back.
    ///
    /// One of an unknown number proves nothing and is passed over.
    package mutating func pongReceived(_ number: UInt64, now: Int64) {
        guard let index = self.pings.firstIndex(where: { $0.number == number }) else { return }
        let order = self.pings[index].order
        self.pings.removeSubrange(...index)
        self.arrivedOrder = max(self.arrivedOrder, order)
        if order > self.settledOrder { self.proofs.append(Proof(order: order, settlesAt: now + self.limits.pageLag)) }
        self.settle(now: now)
    }

    /// Whether a ping is to be written now; to be asked after ``sent(_:byteCount:now:)`` and ``received(_:byteCount:now:)``.
    ///
    /// Only for clients that send scenes; viewers, who are most, aren't pinged more than they need to be.
    package var wantsPing: Bool {
        self.hasSentScene && self.newestSentOrder > self.newestPingedOrder
    }

    /// Whether the client has to be sent the scene that came of its own; to be asked when that is committed.
    ///
    /// The contract never echoes. But a version that was still on its way when the client sent its scene, or was sent before
    /// that was committed, is shown by the page after its own and without it; were it the last one that the client is sent, that
    /// screen would stay behind all others. So where one may have crossed, the client is sent what came of its scene too.
    package var owesOwnScene: Bool {
        self.hasSentScene && self.newestSentOrder > self.arrivedBeforeOwn
    }

    /// A ping goes with each scene, so this many scenes may be on their way before the oldest can't be proven one by one.
    private static let pingCountMax = 256

    private mutating func settle(now: Int64) {
        var settledOrder = self.settledOrder
        while let proof = self.proofs.first, proof.settlesAt <= now {
            settledOrder = max(settledOrder, proof.order)
            self.proofs.removeFirst()
        }
        guard settledOrder > self.settledOrder else { return }
        self.settledOrder = settledOrder
        self.drop { $0.order < settledOrder }
    }

    private mutating func append(_ scene: JSONValue, byteCount: Int, isOwn: Bool) {
        self.newestOrder += 1
        self.versions.append(Version(scene: scene, byteCount: byteCount, order: self.newestOrder, isOwn: isOwn))
        self.byteCount += byteCount
        while self.isOverLimit, let oldest = self.versions.dropLast().firstIndex(where: { !$0.isOwn }) {
            self.byteCount -= self.versions.remove(at: oldest).byteCount
        }
    }

    /// The newest scene and the client's own are kept whatever their size: without them there is nothing to compare with.
    private var isOverLimit: Bool {
        self.versions.count > self.limits.versionCount || self.byteCount > self.limits.byteCount
    }

    private mutating func drop(where isOutdated: (Version) -> Bool) {
        self.versions.removeAll(where: isOutdated)
        self.byteCount = self.versions.reduce(0) { $0 + $1.byteCount }
    }
}
