import JSONDocument
import Synchronization
import Testing

@testable import Table

/// Views that are made once for as long as what they show stays the same.
@Suite struct ViewCacheTests {
    /// Counts how often the view is made.
    private final class Counted: Sendable {
        let count = Mutex(0)
        func list(_ document: JSONValue) -> JSONValue {
            count.withLock { $0 += 1 }
            return SceneViews.list(document)
        }
    }

    private func patch(_ text: String) throws -> JSONPatch { try JSONPatch(parsing: Array(text.utf8)) }

    /// A document with so many scenes that they are a tree.
    private func document(sceneCount: Int) throws -> JSONValue {
        var document = TableDocument.empty
        for index in 0..<sceneCount {
            try document.apply(
                try patch(
                    #"[{"op":"add","path":"/scenes/s\#(index)","value":{"id":"s\#(index)","name":"Cave \#(index)"}}]"#))
        }
        return document
    }

    @Test(arguments: [2, 100])
    func `a view is made anew when what it shows has changed, and only then`(sceneCount: Int) throws {
        let counted = Counted()
        let cache = ViewCache(of: [.scenes, .sceneFolders], counted.list)
        var document = try document(sceneCount: sceneCount)
        #expect(cache.view(of: document)["scenes"]?.count == sceneCount)
        try document.apply(try patch(#"[{"op":"replace","path":"/live","value":{"id":"x"}}]"#))
        _ = cache.view(of: document)
        #expect(counted.count.withLock { $0 } == 1)
        try document.apply(try patch(#"[{"op":"replace","path":"/scenes/s1/name","value":"A"}]"#))
        #expect(cache.view(of: document)["scenes"]?[0]?["id"] == "s1")
        try document.apply(try patch(#"[{"op":"add","path":"/sceneFolders/Act 1","value":{}}]"#))
        #expect(cache.view(of: document)["folders"]?.count == 1)
        #expect(counted.count.withLock { $0 } == 3)
    }

    @Test func `what a change made old is let go of, what is current is kept`() throws {
        final class Token: Sendable {}
        let cache = ViewCache(of: [.scenes]) { _ in Token() }
        var document = try document(sceneCount: 2)
        weak let kept = cache.view(of: document)
        cache.forget(unlessOf: document)
        #expect(kept != nil)
        try document.apply(try patch(#"[{"op":"remove","path":"/scenes/s0"}]"#))
        cache.forget(unlessOf: document)
        #expect(kept == nil)
    }

    @Test func `scenes of one name are listed by case and then by id`() throws {
        var document = TableDocument.empty
        for (id, name) in [("3", "b"), ("2", "B"), ("1", "b"), ("4", "a"), ("5", "Ä")] {
            try document.apply(
                try patch(
                    #"[{"op":"add","path":"/scenes/\#(id)","value":{"id":"\#(id)","name":"\#(name)"}}]"#))
        }
        let ids = SceneViews.list(document)["scenes"]?.elements?.map { $0["id"]?.stringValue }
        #expect(ids == ["4", "2", "1", "3", "5"])
    }
}
