import JSONDocument
import Journal

/// Finds what a person names: at a moment, or, where none is said, as it is now or was last.
package struct PlaceLookup {
    /// A place with the moment at which it was found.
    package struct Found {
        package let place: Place
        package let document: JSONValue
        package let offset: Int64
        /// Whether it is gone since, and was looked for in the past.
        package let isGone: Bool
    }

    private let source: JournalSource
    private let useSnapshots: Bool

    package init(_ source: JournalSource, useSnapshots: Bool) {
        self.source = source
        self.useSnapshots = useSnapshots
    }

    /// Looks a name up.
    ///
    /// Without a moment, what isn't there now is looked for at the ends of the sessions, newest first: one document
    /// each. So what came and went within one session isn't found without a moment.
    /// - Throws: ``ReplayError/no(_:)`` where there is no such thing, ``ReplayError/usage(_:hint:)`` where there are
    ///   several.
    package func find(
        _ name: PlaceName, at moment: Moment?, progress: ProgressSink
    ) throws(ReplayError) -> Found {
        let offset = try source.offset(of: moment ?? .newest)
        do throws(ReplayError) {
            return try find(name, at: offset, isGone: false, progress)
        } catch {
            guard case .no = error, moment == nil, let found = try findLast(name, before: offset, progress) else {
                throw error
            }
            return found
        }
    }

    private func findLast(
        _ name: PlaceName, before offset: Int64, _ progress: ProgressSink
    ) throws(ReplayError) -> Found? {
        for session in try source.sessions(progress: progress).reversed() where session.lastOffset < offset {
            do throws(ReplayError) {
                return try find(name, at: session.lastOffset, isGone: true, progress)
            } catch {
                guard case .no = error else { throw error }
            }
        }
        return nil
    }

    private func find(
        _ name: PlaceName, at offset: Int64, isGone: Bool, _ progress: ProgressSink
    ) throws(ReplayError) -> Found {
        let document = try source.document(at: offset, useSnapshots: useSnapshots, progress: progress)
        return Found(
            place: try name.resolve(in: document).main, document: document, offset: offset, isGone: isGone)
    }
}
