import NIOCore

extension Channel {
    /// Has the kernel take no more than 128 KiB that it can't send yet (TCP_NOTSENT_LOWAT, tcp(7)).
    ///
    /// Without it the kernel takes megabytes for a client that reads slowly or not at all, and asks for more only when a third
    /// of them is gone: for minutes it looks as if nothing was taken.
    func limitUnsentBytes() throws {
        let notSentLowWaterMark = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 25))
        try syncOptions?.setOption(notSentLowWaterMark, value: 128 << 10)
    }
}
