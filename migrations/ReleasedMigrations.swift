/// The numbered SQL files of this folder, embedded in the binary.
///
/// Released files are never changed: a new step is a new file and a new line here, which a test
/// compares with the folder.
package enum ReleasedMigrations {
    /// Every step, in order: its file's name without ending, and its text.
    package static let all: [(name: String, sql: String)] = [
        ("m0001_jobs", text(PackageResources.m0001_jobs_sql)),
        ("m0002_campaigns", text(PackageResources.m0002_campaigns_sql)),
        ("m0003_suppression", text(PackageResources.m0003_suppression_sql)),
        ("m0004_pace", text(PackageResources.m0004_pace_sql)),
        ("m0005_campaign_lists", text(PackageResources.m0005_campaign_lists_sql)),
        ("m0006_message_totals", text(PackageResources.m0006_message_totals_sql)),
        ("m0007_remote", text(PackageResources.m0007_remote_sql)),
        ("m0008_receipt", text(PackageResources.m0008_receipt_sql)),
        ("m0009_before_sending", text(PackageResources.m0009_before_sending_sql)),
        ("m0010_notices", text(PackageResources.m0010_notices_sql)),
        ("m0011_retention", text(PackageResources.m0011_retention_sql)),
        ("m0012_inquiry", text(PackageResources.m0012_inquiry_sql)),
        ("m0013_comparisons", text(PackageResources.m0013_comparisons_sql)),
    ]

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
