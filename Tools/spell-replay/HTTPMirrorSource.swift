import Foundation
import JSONDocument
import Journal
import Replay

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A running server as a mirror reads it: plain GETs, large files in ranges.
struct HTTPMirrorSource: MirrorSource {
    let name: String

    private let address: ServerAddress
    private let session: URLSession
    private let transfers = BoundedTransfers()

    /// How often a request is tried when the connection fails.
    private static let attempts = 3
    private static let silenceMax: TimeInterval = 30

    /// The most that is taken of an answer, in bytes: the list of segments; a file that isn't fetched in parts; any
    /// answer that isn't what was asked for.
    private static let listByteCountMax = 64 << 20
    private static let identityByteCountMax = 1 << 20
    private static let fileByteCountMax = 1 << 30
    private static let errorByteCountMax = 64 << 10

    /// - Parameter address: `http://host:port`, with or without a path before the server's own.
    init(_ address: String) throws(ReplayError) {
        name = address
        self.address = try ServerAddress(address)
        session = ServerAddress.session(silenceMax: Self.silenceMax, delegate: transfers)
    }

    func listing(chainAt offset: Int64?) async throws(ReplayError) -> MirrorListing {
        let url = address.route("journal", query: ["at": offset.map { String($0) }])
        let answer = try await get(url, upTo: Self.listByteCountMax)
        if answer.status == 404 {
            throw .unreadable(
                "\(name) has no journal to copy: it answers GET /journal with 404",
                hint: "Is it a SpellTable server, and not one that plays a recording?")
        }
        guard answer.status == 200, let value = try? JSONValue.parse(answer.bytes), let listing = MirrorListing(value)
        else { throw unexpected("GET /journal", answer) }
        return listing
    }

    func file(_ file: String, _ range: Range<Int64>?) async throws(ReplayError) -> [UInt8] {
        let url = address.route("journal", file)
        guard let range else {
            let isIdentity = file == JournalFolder.identityName
            let answer = try await get(
                url, upTo: isIdentity ? Self.identityByteCountMax : Self.fileByteCountMax)
            guard answer.status == 200 else { throw unexpected("GET /journal/\(file)", answer) }
            return answer.bytes
        }
        let answer = try await get(url, range, upTo: range.count)
        guard answer.status == 206, answer.bytes.count == range.count,
            answer.range.map({ $0.part == range }) ?? false
        else { throw unexpected("GET /journal/\(file), bytes \(range.lowerBound) to \(range.upperBound - 1)", answer) }
        return answer.bytes
    }

    func blob(
        _ sha256: String, from offset: Int64, upTo count: Int
    ) async throws(ReplayError) -> MirrorBlob {
        let url = address.route("blobs", sha256)
        let answer = try await get(url, offset..<offset + Int64(count), upTo: count)
        switch (answer.status, answer.range) {
        case (404, _): return .lacking("\(name) doesn't have it")
        // The server has lost the file, or can't read it, and says so.
        case (500, _): return .lacking("\(name) can't give it\(Self.detail(answer))")
        // The range of an empty blob can't be satisfied.
        case (416, _) where offset == 0: return .piece([], size: 0)
        case (206, let range?) where range.part.lowerBound == offset && range.part.count == answer.bytes.count:
            return .piece(answer.bytes, size: range.size)
        default: throw unexpected("GET /blobs/\(sha256)", answer)
        }
    }

    // MARK: Requests

    private struct Reply {
        let status: Int
        let bytes: [UInt8]
        /// What `Content-Range` says: which bytes of how many.
        let range: (part: Range<Int64>, size: Int64)?
    }

    /// - Parameter byteCountMax: The most bytes that the answer may have; an error's text may always have some.
    private func get(
        _ url: URL, _ range: Range<Int64>? = nil, upTo byteCountMax: Int
    ) async throws(ReplayError) -> Reply {
        var request = URLRequest(url: url)
        if let range {
            request.setValue("bytes=\(range.lowerBound)-\(range.upperBound - 1)", forHTTPHeaderField: "Range")
        }
        var attempt = 1
        while true {
            do {
                let (bytes, response) = try await transfers.answer(
                    to: request, in: session, byteCountMax: max(byteCountMax, Self.errorByteCountMax))
                guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
                return Reply(
                    status: response.statusCode, bytes: bytes,
                    range: Self.contentRange(response.value(forHTTPHeaderField: "Content-Range")))
            } catch let error as BoundedTransfers.TooLong {
                throw .unreadable(
                    "\(name) answers GET \(url.path) with more than \(error.byteCountMax) bytes",
                    hint: "Is it a SpellTable server, and nothing in between that changes what it says?")
            } catch {
                guard attempt < Self.attempts, !Task.isCancelled else {
                    throw .unreadable(
                        "\(name) can't be reached: \(error.localizedDescription)",
                        hint: "What was copied so far is whole. Run it again once the server is there.")
                }
                // Cancelled is as good as slept: the next attempt fails then.
                try? await Task.sleep(for: .milliseconds(200 * attempt))
                attempt += 1
            }
        }
    }

    /// `bytes 0-99/1234` (RFC 9110 section 14.4).
    private static func contentRange(_ header: String?) -> (part: Range<Int64>, size: Int64)? {
        guard let header, header.hasPrefix("bytes ") else { return nil }
        let numbers = header.dropFirst(6).split(whereSeparator: { $0 == "-" || $0 == "/" }).compactMap { Int64($0) }
        guard numbers.count == 3, numbers[0] <= numbers[1], numbers[1] < numbers[2] else { return nil }
        return (numbers[0]..<numbers[1] + 1, numbers[2])
    }

    private func unexpected(_ request: String, _ reply: Reply) -> ReplayError {
        .unreadable(
            "\(name) answers \(request) with \(reply.status)\(Self.detail(reply)) and \(reply.bytes.count) bytes, which isn't understood",
            hint: "Is it a SpellTable server, and nothing in between that changes what it says?")
    }

    /// `: ` and the sentence of an error's answer; empty for an answer that is none of a SpellTable server's.
    private static func detail(_ reply: Reply) -> String {
        let value = try? JSONValue.parse(reply.bytes)
        return value?["detail"]?.stringValue.map { ": \(printable($0))" } ?? ""
    }
}
