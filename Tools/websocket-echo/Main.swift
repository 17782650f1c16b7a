import ArgumentParser
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import TableServer

/// `websocket-echo`: the server's own WebSocket layer behind an echo, for conformance suites.
@main
struct WebSocketEcho: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "websocket-echo",
        abstract: "Echoes WebSocket messages at every path, through the table server's own WebSocket layer.",
        discussion: """
            For checking that layer from outside, against RFC 6455: upgrade, frames, fragments, UTF-8, pings, close \
            and limits are the same code as in spell-server; only what the messages mean is left out. Text comes \
            back as text, binary as binary. It offers no extension, so no permessage-deflate.

            EXAMPLES
              websocket-echo --port 9001
              wstest -m fuzzingclient     Autobahn's test suite, with ws://127.0.0.1:9001 in its fuzzingclient.json
              python3 Tests/EndToEnd/run.py test_websocket     the project's own cases

            STOPPING
              Ctrl-C or SIGTERM: clients are closed with 1012.
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port: Int

    @Option(help: ArgumentHelp("Largest message: 500K, 16M or bytes.", valueName: "size"))
    var maxMessage = "16M"

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port: \(port) is no port (0 to 65535)") }
        _ = try messageByteLimit()
    }

    func run() async throws {
        var logger = Logger(label: "websocket-echo")
        logger.logLevel = .warning
        try await application(try messageByteLimit(), logger).runService()
    }

    private func application(_ messageByteLimit: Int, _ logger: Logger) -> some ApplicationProtocol {
        var configuration = WebSocketConfiguration()
        configuration.path = nil
        configuration.messageByteLimit = messageByteLimit
        let webSocket = configuration
        let intake = IntakeBudget(byteCount: configuration.intakeByteLimit)
        return Application(
            responder: CallbackResponder<BasicRequestContext> { _, _ in
                Response(status: .upgradeRequired, body: .init(byteBuffer: ByteBuffer(string: "Connect a WebSocket\n")))
            },
            server: HTTPServerBuilder { responder in
                TableChannel(
                    responder: responder, configuration: webSocket, limits: RequestLimits(), logger: logger
                ) { channel, _ in
                    try WebSocketEndpoint.install(
                        on: channel, configuration: webSocket, intake: intake, logger: logger
                    ) { EchoPeer($0) }
                }
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "websocket-echo"),
            onServerRunning: { [host, port] channel in
                print("Echoing at ws://\(host):\(channel.localAddress?.port ?? port)/")
            },
            logger: logger)
    }

    private func messageByteLimit() throws -> Int {
        // NIO's decoder takes no larger frames.
        guard let count = ByteCount.parse(maxMessage), (1...Int64(UInt32.max)).contains(count) else {
            throw ValidationError("--max-message: '\(maxMessage)' is not a size from 1 byte to just under 4G")
        }
        return Int(count)
    }
}
