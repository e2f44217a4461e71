/// The offsets of a time zone through time, as the machine's time zone data has them (RFC 8536).
///
/// The system's own files and not a library's copy: they follow a government's late decision with
/// the next update of the distribution's `tzdata`.
struct ZoneRules: Sendable, Equatable {
    /// Instants at which the offset changes, in seconds since 1970 UTC, ascending.
    private let changes: [Int64]
    /// The offset from each change on, in seconds east of UTC.
    private let offsets: [Int64]
    /// The offset before the first change.
    private let first: Int64
    /// What holds after the last change.
    private let footer: ZoneFooter?

    /// An offset and when the next one begins.
    struct Period: Equatable {
        /// Seconds east of UTC.
        var offset: Int64
        /// The first second that is no longer part of it; nil: it lasts.
        var end: Int64?
    }

    init(changes: [Int64], offsets: [Int64], first: Int64, footer: ZoneFooter?) {
        precondition(changes.count == offsets.count, "an offset for each change")
        self.changes = changes
        self.offsets = offsets
        self.first = first
        self.footer = footer
    }

    /// The offset at an instant, in seconds since 1970 UTC.
    func period(at instant: Int64) -> Period {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        if low == changes.count, let footer { return footer.period(at: instant) }
        return Period(
            offset: low == 0 ? first : offsets[low - 1],
            end: low < changes.count ? changes[low] : nil
        )
    }
}
