import CCurl

/// One easy handle of libcurl, with what every use of it here has in common.
///
/// `close` must be called before the last reference goes.
final class CurlHandle {
    let easy: UnsafeMutableRawPointer
    private let errorText = UnsafeMutableBufferPointer<CChar>.allocate(
        capacity: Int(CURL_ERROR_SIZE)
    )
    private var isClosed = false

    init() {
        guard CurlLibrary.isReady, let easy = curl_easy_init() else {
            preconditionFailure("libcurl has no memory for a handle")
        }
        self.easy = easy
        errorText.initialize(repeating: 0)
        set(CURLOPT_ERRORBUFFER, errorText.baseAddress)
        set(CURLOPT_NOSIGNAL, 1)
        // Else giving up a name that is still being resolved waits for the resolver to answer.
        set(CURLOPT_QUICK_EXIT, 1)
        // A proxy named in the environment is meant for other programs.
        set(CURLOPT_PROXY, "")
    }

    deinit {
        precondition(isClosed, "a handle is closed before it is released")
        errorText.deallocate()
    }

    /// Frees the handle; it must be in no multi handle any more.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        curl_easy_cleanup(easy)
    }

    /// libcurl's words for what went wrong.
    func describe(_ code: CURLcode) -> String {
        let general = String(cString: curl_easy_strerror(code))
        let detail = errorText.baseAddress.map { String(cString: $0) } ?? ""
        return detail.isEmpty ? general : detail
    }

    func set(_ option: CURLoption, _ value: Int) {
        check(ccurl_set_long(easy, option, value), option)
    }

    /// libcurl copies the text.
    func set(_ option: CURLoption, _ value: String) {
        check(ccurl_set_text(easy, option, value), option)
    }

    /// What is pointed to must outlive the handle.
    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        check(ccurl_set_pointer(easy, option, value), option)
    }

    private func check(_ code: CURLcode, _ option: CURLoption) {
        precondition(code == CURLE_OK, "libcurl refuses option \(option.rawValue)")
    }
}

extension Duration {
    /// The duration in milliseconds, at least 1: libcurl takes 0 for its own default.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
