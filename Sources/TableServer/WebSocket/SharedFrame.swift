import JSONDocument
import NIOCore
import Sync
import Synchronization

/// A frame that is built by whoever first needs it and then shared by everybody.
///
/// Built on an event loop, not by the table's writer, which has better things to do; and not at all if no client wants
/// it. Two loops that ask at once build it once.
final class SharedFrame: Sendable {
    private let cache = Mutex<ByteBuffer?>(nil)
    private let build: @Sendable () -> ByteBuffer

    init(_ build: @escaping @Sendable () -> ByteBuffer) { self.build = build }

    /// The frame's bytes.
    var bytes: ByteBuffer {
        cache.withLock { cache in
            if let frame = cache { return frame }
            let frame = build()
            cache = frame
            return frame
        }
    }

    /// Forgets the built bytes; they are built again if somebody still asks.
    func release() { cache.withLock { $0 = nil } }
}

/// One version of the live scene on its way to plain clients.
final class SceneUpdate: Sendable {
    /// The scene, which lost updates are told by when a client sends its next one.
    let scene: JSONValue
    private let frame: SharedFrame

    /// A version, if there is a scene: the plain protocol has no word for a table without one.
    init?(_ scene: JSONValue?) {
        guard let scene, scene.isObject else { return nil }
        self.scene = scene
        self.frame = SharedFrame { ServerFrame.text(PlainLine.sceneUpdate(scene.serialized())) }
    }

    /// The `scene_update` message.
    var bytes: ByteBuffer { frame.bytes }

    /// Forgets the message's bytes.
    func release() { frame.release() }
}
