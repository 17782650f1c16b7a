import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import TableServer

@Suite struct AcceptGuardTests {
    /// What NIO's asynchronous channel does with an error: it ends the sequence of connections.
    private final class Sequence: ChannelInboundHandler {
        typealias InboundIn = any Channel
        var hasEnded = false

        func errorCaught(context: ChannelHandlerContext, error: any Error) { hasEnded = true }
    }

    @Test func `a connection that can't be accepted does not end the listening`() throws {
        let sequence = Sequence()
        let channel = EmbeddedChannel(handler: sequence)
        let operations = channel.pipeline.syncOperations
        try operations.addHandler(AcceptGuard(logger: Logger(label: "test")), position: .first)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: 24, reason: "accept"))
        #expect(!sequence.hasEnded)
    }

    @Test func `connections leave descriptors for the journal`() {
        #expect(DescriptorLimit.connectionCountMax(descriptors: 20_000) == 15_000)
        #expect(DescriptorLimit.connectionCountMax(descriptors: 1_024) == 768)
        #expect(DescriptorLimit.connectionCountMax(descriptors: 128) == 64)
        #expect(DescriptorLimit.connectionCountMax(descriptors: 10) == 1)
    }

    @Test func `the soft limit of descriptors is raised to the hard one`() {
        let raised = DescriptorLimit.raise()
        #expect(raised == DescriptorLimit.current)
        #expect(DescriptorLimit.raise() == raised)
    }
}
