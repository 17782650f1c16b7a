import JSONDocument
import Journal
import Replay
import WallClock

extension FuzzTarget {
    static let mirrorListing = FuzzTarget("mirror-listing", "what a server says of its journal") { input in
        guard let value = try? JSONValue.parse(input.bytes), let listing = MirrorListing(value) else { return }
        try require(listing.byteCount >= 0, "\(listing.byteCount) bytes")
        var base: Int64 = -1
        for segment in listing.segments {
            try require(segment.base > base, "segments out of order")
            let named = JournalFolder.segmentBase(ofName: segment.name)
            try require(named == segment.base, "'\(segment.name)' leads out of the folder")
            base = segment.base
        }
    }

    static let playRequest = FuzzTarget("play-request", "the body of POST /play") { input in
        let now = JournalTime(milliseconds: 1_795_416_000_000)
        guard let body = try? JSONValue.parse(input.bytes),
            let requests = try? PlaybackRequest.parse(body, now: now, zone: .utc)
        else { return }
        try require(requests.count <= 3, "\(requests.count) requests of one body")
        var playback = Playback(
            begin: -1, end: 41, time: now, speed: .times(1), isPaused: false, maxGap: 5_000, now: 0)
        for case .offset(let offset) in requests {
            playback.moved(to: offset, at: now, next: now, now: 0)
            try require((-1...41).contains(playback.position), "it stands at \(playback.position)")
        }
        for case .speed(let speed) in requests {
            playback.setSpeed(speed, now: 0)
            if let wait = playback.wait(until: JournalTime(milliseconds: now.milliseconds + 1), now: 0) {
                try require(wait >= 0, "it waits \(wait) ms")
            }
        }
    }

    static let playKeys = FuzzTarget("play-keys", "what a terminal sends to spell-replay play") { input in
        var (whole, pieces) = (PlaybackKeyReader(), PlaybackKeyReader())
        let keys = input.bytes.flatMap { pieces.read([$0]) }
        try require(whole.read(input.bytes) == keys, "cut into pieces it means something else")
    }
}
