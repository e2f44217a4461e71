import CCurl

/// Dates as HTTP and mail write them: the three forms of RFC 9110 section 5.6.7, and RFC 5322's.
package enum MailDate {
    /// Seconds since 1970-01-01T00:00:00Z; nil where the text is no date.
    package static func seconds(_ text: String) -> Int64? {
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Int64(seconds)
    }
}
