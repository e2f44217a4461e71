// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Every command is a process: what the loader does at its start is done here once, in builds that have
/// the Swift runtime inside, as those of `make` (docs/decisions/0016-the-command-line-is-static.md).
let commandLinking: [LinkerSetting] =
    Context.environment["CAMPAIGNCTL_STATIC"] == nil
    ? []
    : [
        .unsafeFlags(
            ["-static-executable", "-use-ld=lld", "-Xlinker", "--no-rosegment"],
            .when(configuration: .release)
        )
    ]

let package = Package(
    name: "campaignd",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSQLite"),
        .target(
            name: "JobQueue",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .target(
            name: "Campaigns",
            dependencies: [
                "JobQueue",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Mustache", package: "swift-mustache"),
            ]
        ),
        .target(
            name: "migrations",
            path: "migrations",
            resources: [
                .embedInCode("m0001_jobs.sql"), .embedInCode("m0002_campaigns.sql"),
                .embedInCode("m0003_suppression.sql"), .embedInCode("m0004_pace.sql"),
                .embedInCode("m0005_campaign_lists.sql"),
                .embedInCode("m0006_message_totals.sql"),
                .embedInCode("m0007_remote.sql"),
                .embedInCode("m0008_receipt.sql"),
                .embedInCode("m0009_before_sending.sql"),
                .embedInCode("m0010_notices.sql"),
                .embedInCode("m0011_retention.sql"),
                .embedInCode("m0012_inquiry.sql"),
                .embedInCode("m0013_comparisons.sql"),
            ]
        ),
        .target(
            name: "SQLiteStore",
            dependencies: [
                "CLinux", "CSQLite", "Campaigns", "JobQueue", "migrations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .target(name: "Outbound", dependencies: ["CCurl"]),
        .target(
            name: "Transports",
            dependencies: [
                "CLinux", "Campaigns", "JobQueue", "Outbound",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "RemoteCampaigns",
            dependencies: [
                "APITypes", "Campaigns", "JobQueue", "Outbound",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "APITypes"),
        .target(
            name: "Exposition",
            dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        .target(
            name: "CampaignAPI",
            dependencies: [
                "APITypes", "Campaigns", "Exposition", "JobQueue",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "Settings",
            dependencies: [.product(name: "Yams", package: "Yams")]
        ),
        .target(
            name: "APIServer",
            dependencies: [
                "APITypes", "CampaignAPI", "Campaigns", "JobQueue",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "campaignd",
            dependencies: [
                "APIServer", "APITypes", "CampaignAPI", "Campaigns", "Exposition", "JobQueue",
                "Outbound", "RemoteCampaigns", "SQLiteStore", "Settings", "Transports",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .executableTarget(
            name: "campaignctl",
            dependencies: [
                "APITypes", "CLinux", "CampaignAPI", "Campaigns", "JobQueue", "SQLiteStore",
                "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            linkerSettings: commandLinking
        ),
        .executableTarget(
            name: "campaign-bench",
            dependencies: [
                "APIServer", "APITypes", "CLinux", "CampaignAPI", "Campaigns", "JobQueue",
                "Outbound", "SQLiteStore", "TestSupport", "Transports",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),

        .target(
            name: "TestSupport",
            dependencies: ["APITypes", "JobQueue"],
            path: "Tests/TestSupport"
        ),
        .target(
            name: "StoreContract",
            dependencies: ["Campaigns", "JobQueue", "TestSupport"],
            path: "Tests/StoreContract"
        ),
        .target(
            name: "CFaultVFS",
            path: "Tests/CFaultVFS",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .testTarget(
            name: "JobQueueTests",
            dependencies: [
                "JobQueue", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "CampaignsTests",
            dependencies: ["Campaigns", "JobQueue", "TestSupport"]
        ),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "Campaigns", "CFaultVFS", "JobQueue", "SQLiteStore", "StoreContract", "TestSupport",
                "migrations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["schema.sql"]
        ),
        .testTarget(
            name: "OutboundTests",
            dependencies: ["Outbound", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TransportsTests",
            dependencies: ["Campaigns", "JobQueue", "Outbound", "TestSupport", "Transports"]
        ),
        .testTarget(
            name: "CampaignEngineTests",
            dependencies: [
                "Campaigns", "JobQueue", "Outbound", "SQLiteStore", "TestSupport", "Transports",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "RemoteCampaignsTests",
            dependencies: [
                "APIServer", "APITypes", "CampaignAPI", "Campaigns", "JobQueue", "Outbound",
                "RemoteCampaigns", "SQLiteStore", "TestSupport", "Transports",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "SettingsTests", dependencies: ["Settings"]),
        .testTarget(
            name: "CampaignAPITests",
            dependencies: [
                "APITypes", "CampaignAPI", "Campaigns", "Exposition", "JobQueue", "SQLiteStore",
                "TestSupport", "Transports",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "APIServerTests",
            dependencies: [
                "APIServer", "APITypes", "CampaignAPI", "Campaigns", "JobQueue", "SQLiteStore",
                "TestSupport", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]
        ),
        // The daemon and the command line are not imported but run, from the build folder.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "APITypes", "JobQueue", "TestSupport", "campaign-bench", "campaignctl", "campaignd",
            ]
        ),
        .testTarget(name: "DocumentationTests", dependencies: ["Campaigns", "JobQueue"]),
        .testTarget(
            name: "CampaignctlTests",
            dependencies: [
                "APITypes", "CampaignAPI", "Campaigns", "JobQueue", "SQLiteStore", "campaignctl",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Snapshots"]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = settings
}
