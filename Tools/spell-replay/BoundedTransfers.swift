import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Answers to HTTP requests, each taken up to a number of bytes: a server may send any amount, whatever was asked for.
final class BoundedTransfers: NSObject, URLSessionDataDelegate, Sendable {
    /// An answer has more bytes than it may have.
    struct TooLong: Error {
        let byteCountMax: Int
    }

    private struct Transfer {
        let byteCountMax: Int
        let end: CheckedContinuation<[UInt8], any Error>
        var bytes: [UInt8] = []
    }

    /// By the task's number in its session.
    private let running = Mutex<[Int: Transfer]>([:])

    /// Sends a request and waits for all of the answer.
    ///
    /// - Parameter session: One whose delegate this is.
    /// - Throws: ``TooLong``, or why the connection failed.
    func answer(
        to request: URLRequest, in session: URLSession, byteCountMax: Int
    ) async throws -> (bytes: [UInt8], response: URLResponse?) {
        let task = session.dataTask(with: request)
        let bytes = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { end in
                running.withLock { $0[task.taskIdentifier] = Transfer(byteCountMax: byteCountMax, end: end) }
                task.resume()
            }
        } onCancel: {
            task.cancel()
        }
        return (bytes, task.response)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let number = dataTask.taskIdentifier
        let tooLong = running.withLock { running -> Transfer? in
            guard let transfer = running[number] else { return nil }
            guard transfer.bytes.count + data.count <= transfer.byteCountMax else {
                return running.removeValue(forKey: number)
            }
            running[number]?.bytes.append(contentsOf: data)
            return nil
        }
        guard let tooLong else { return }
        dataTask.cancel()
        tooLong.end.resume(throwing: TooLong(byteCountMax: tooLong.byteCountMax))
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let transfer = running.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let error {
            transfer.end.resume(throwing: error)
        } else {
            transfer.end.resume(returning: transfer.bytes)
        }
    }
}
