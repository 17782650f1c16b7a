extension LocalZone {
    /// A zone out of what its clock shows; the other direction is found by asking it.
    ///
    /// A wall time that comes twice means its first time, and one that a change skips is moved forward by as much as was skipped
    /// (RFC 5545, 3.3.5).
    package init(reading: @escaping @Sendable (Int64) -> Reading?) {
        self.init(milliseconds: { wall in instant(of: wall, reading) }, reading: reading)
    }

    /// Milliseconds that the zone is ahead of UTC at an instant; `nil` outside the years 1 to 9999.
    package func offset(at instant: Int64) -> Int64? {
        WallClock.offset(at: instant, reading)
    }

    /// Every instant at which the zone's clock shows a wall time, earliest first; none within an hour that is skipped.
    package func instants(of wall: WallTime) -> [Int64] {
        matches(wall, reading)
    }
}

/// A day, in milliseconds: no zone is further from UTC, and none changes its offset twice within two.
private let day: Int64 = 86_400_000

private func instant(of wall: WallTime, _ reading: (Int64) -> LocalZone.Reading?) -> Int64? {
    if let first = matches(wall, reading).first { return first }
    // Skipped: what was in force before the change goes on.
    guard let plain = LocalZone.utc.milliseconds(wall) else { return nil }
    return offset(at: plain - day, reading).map { plain - $0 }
}

private func matches(_ wall: WallTime, _ reading: (Int64) -> LocalZone.Reading?) -> [Int64] {
    guard let plain = LocalZone.utc.milliseconds(wall) else { return [] }
    let offsets = [plain - day, plain + day].compactMap { offset(at: $0, reading) }
    return Set(offsets.map { plain - $0 }).filter { reading($0)?.wall == wall }.sorted()
}

/// Milliseconds that the zone is ahead of UTC at an instant.
private func offset(at instant: Int64, _ reading: (Int64) -> LocalZone.Reading?) -> Int64? {
    reading(instant).flatMap { LocalZone.utc.milliseconds($0.wall) }.map { $0 - instant }
}
