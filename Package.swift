// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "SpellTable",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CLinuxFiles"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),

        .target(name: "WallClock", swiftSettings: settings),
        .target(
            name: "JSONDocument",
            dependencies: [crypto, .product(name: "HashTreeCollections", package: "swift-collections")],
            swiftSettings: settings),
        .target(name: "Journal", dependencies: ["CLZ4", "CXXHash", "CLinuxFiles", crypto], swiftSettings: settings),
        .target(name: "Table", dependencies: ["JSONDocument", "Journal", crypto], swiftSettings: settings),
        .target(name: "Sync", dependencies: ["JSONDocument"], swiftSettings: settings),
        .target(
            name: "Archives", dependencies: ["Table", "Journal", "JSONDocument", "CArchive", crypto],
            swiftSettings: settings),
        .target(
            name: "Replay",
            dependencies: ["Archives", "Table", "Journal", "JSONDocument", "WallClock", "CLinuxFiles", crypto],
            swiftSettings: settings),
        .target(
            name: "ClientLibrary", path: "Tools/client", exclude: ["package.json", "spelltable.d.ts"],
            resources: [
                .copy("connection.js"), .copy("document-digest.js"), .copy("json-patch.js"), .copy("outbox.js"),
                .copy("replica.js"), .copy("spelltable.js"), .copy("storage.js"),
            ],
            swiftSettings: settings),
        .target(
            name: "TableServer",
            dependencies: [
                "ClientLibrary", "Replay", "Archives", "Table", "Sync", "Journal", "JSONDocument", "WallClock", logging,
                crypto,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.copy("Console")], swiftSettings: settings),
        .executableTarget(
            name: "spell-server",
            dependencies: [
                "TableServer", "Table", arguments, logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tools/spell-server", swiftSettings: settings),
        .executableTarget(
            name: "spell-replay",
            dependencies: [
                "Replay", "TableServer", "Table", "Journal", "JSONDocument", "WallClock", arguments, logging,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tools/spell-replay", swiftSettings: settings),

        .executableTarget(
            name: "websocket-echo",
            dependencies: [
                "TableServer", "Sync", arguments, logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tools/websocket-echo", swiftSettings: settings),
        .executableTarget(
            name: "journal-benchmark",
            dependencies: [
                "Replay", "Table", "Journal", "JSONDocument",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tools/journal-benchmark", swiftSettings: settings),
        .executableTarget(
            name: "journal-simulation", dependencies: ["JournalSimulation", "TestSupport", arguments],
            path: "Tools/journal-simulation", swiftSettings: settings),

        .target(
            name: "TestSupport", dependencies: ["Journal", "JSONDocument"], path: "Tests/TestSupport",
            swiftSettings: settings),
        .target(
            name: "JournalSimulation", dependencies: ["Journal", "TestSupport"], path: "Tests/JournalSimulation",
            swiftSettings: settings),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "TableServer", "Replay", "Archives", "Sync", "Table", "Journal", "JSONDocument", "WallClock",
                "TestSupport", logging,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            path: "Tests/FuzzTargets", swiftSettings: settings),
        .testTarget(name: "FuzzCorpusTests", dependencies: ["FuzzTargets", "Journal"], swiftSettings: settings),
        .testTarget(
            name: "JSONDocumentTests", dependencies: ["JSONDocument", "TestSupport", crypto], swiftSettings: settings),
        .testTarget(
            name: "JournalTests", dependencies: ["Journal", "TestSupport", "JournalSimulation", "CLinuxFiles"],
            swiftSettings: settings),
        .testTarget(
            name: "TableTests", dependencies: ["Table", "Journal", "JSONDocument", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "SyncTests", dependencies: ["Sync", "JSONDocument", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "ReplayTests",
            dependencies: ["Replay", "Archives", "Table", "Journal", "JSONDocument", "WallClock", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "TableServerTests",
            dependencies: [
                "TableServer", "Archives", "Table", "Journal", "JSONDocument", "Sync", "WallClock", "TestSupport",
                logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])

// What Tools/sanitize builds: the tests, and the one program that they start.
let sanitizer = Context.environment["SPELLTABLE_SANITIZER"]
if sanitizer != nil { package.targets.removeAll { $0.type == .executable && $0.name != "spell-replay" } }

// AddressSanitizer looks at each access to memory, and unoptimised code has several times as many. Tests and packages stay as they
// are, as optimising them takes longer than it saves. Not for ThreadSanitizer: Tests/Sanitizers/races.py goes by the names of
// functions that would be gone.
if sanitizer == "address" {
    for target in package.targets where target.type == .regular {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-O"])]
    }
}

// It finds nothing in pure values, and its build takes long enough.
if sanitizer == "thread", Context.environment["SPELLTABLE_THREADED_ONLY"] != nil {
    let threaded = ["JournalTests", "TableTests", "TableServerTests"]
    package.targets.removeAll { target in
        target.type == .executable || target.name == "FuzzTargets"
            || target.type == .test && !threaded.contains(target.name)
    }
}
