/// The version of campaignd and campaignctl, which are released together.
package enum ProductVersion {
    /// As `--version` prints it and each epoch records it.
    package static let current = "0.1.0"
}
