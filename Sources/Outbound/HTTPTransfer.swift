import CCurl

/// One request on its way through libcurl.
///
/// Used on its client's queue alone. `close` must be called before the last reference goes.
final class HTTPTransfer {
    let completion: @Sendable (HTTPOutcome) -> Void
    var easy: UnsafeMutableRawPointer { handle.easy }
    /// Whether a connection was ready and the first byte about to leave.
    var hasBegun: Bool { beginnings > 0 }

    private let handle = CurlHandle()
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let replyBytesMax: Int
    private var reply = HTTPReply(status: 0)
    private var headIsComplete = false
    private var beginnings = 0

    init(
        _ request: HTTPRequest,
        _ configuration: HTTPClientConfiguration,
        completion: @escaping @Sendable (HTTPOutcome) -> Void
    ) {
        self.completion = completion
        replyBytesMax = configuration.replyBytesMax
        handle.lead(to: request.url, configuration)
        // With HTTP/2 a server may ask for a repetition, and libcurl would obey.
        handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        handle.set(CURLOPT_TIMEOUT_MS, request.timeout.wholeMilliseconds)
        setMethod(request)
        setHeaders(request.headers)
        setCallbacks()
    }

    deinit {
        curl_slist_free_all(headers)
    }

    /// Ends the transfer, which must have left its multi handle.
    func close() {
        handle.close()
    }

    /// What a transfer that libcurl has ended with `code` means.
    func outcome(of code: CURLcode) -> HTTPOutcome {
        if code == CURLE_OK && headIsComplete { return .answered(reply) }
        // libcurl takes a head that breaks off for a whole one.
        let reason =
            code == CURLE_OK || code == CURLE_ABORTED_BY_CALLBACK
            ? "the connection died before the reply" : handle.describe(code)
        return someBytesLeft ? .unknown(reason: reason) : .notSent(reason: reason)
    }

    /// Whether the kernel, or TLS, took a byte of the request.
    private var someBytesLeft: Bool {
        var bytes = 0
        ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &bytes)
        return hasBegun && bytes > 0
    }

    private func setMethod(_ request: HTTPRequest) {
        let demandsBody = ["POST", "PUT", "PATCH"].contains(request.method)
        if request.method == "HEAD" {
            handle.set(CURLOPT_NOBODY, 1)
        } else if request.body.isEmpty && !demandsBody {
            handle.set(CURLOPT_CUSTOMREQUEST, request.method)
        } else {
            handle.set(CURLOPT_POST, 1)
            handle.set(CURLOPT_CUSTOMREQUEST, request.method)
            ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            // libcurl copies the bytes.
            request.body.withUnsafeBytes { bytes in
                let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                handle.set(CURLOPT_COPYPOSTFIELDS, start)
            }
        }
    }

    private func setHeaders(_ wanted: [(name: String, value: String)]) {
        let names = Set(wanted.map { $0.name.lowercased() })
        // A name alone takes a header away that libcurl would add. The first of these would make
        // it wait for a server's "100 Continue".
        for name in ["Expect", "Content-Type"] where !names.contains(name.lowercased()) {
            headers = curl_slist_append(headers, "\(name):")
        }
        if !names.contains("user-agent") {
            headers = curl_slist_append(headers, "User-Agent: campaignd")
        }
        for (name, value) in wanted {
            headers = curl_slist_append(headers, value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        ccurl_set_headers(easy, headers)
    }

    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_prereq_function(easy) { context, _, _, _, _ in
            HTTPTransfer.from(context)?.begin() ?? CURL_PREREQFUNC_ABORT
        }
        handle.set(CURLOPT_PREREQDATA, context)
        ccurl_set_write_function(easy, CURLOPT_HEADERFUNCTION) { bytes, _, count, context in
            HTTPTransfer.from(context)?.addHeader(
                UnsafeRawBufferPointer(start: bytes, count: count)
            )
            return count
        }
        handle.set(CURLOPT_HEADERDATA, context)
        ccurl_set_write_function(easy, CURLOPT_WRITEFUNCTION) { bytes, _, count, context in
            HTTPTransfer.from(context)?.addBody(UnsafeRawBufferPointer(start: bytes, count: count))
            return count
        }
        handle.set(CURLOPT_WRITEDATA, context)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        context.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }
}

extension HTTPTransfer {
    /// libcurl has a connection and is about to send.
    ///
    /// When a reused connection dies without a reply libcurl sends the request again on a fresh
    /// one, although the server may have read the first: this is where that is refused.
    private func begin() -> Int32 {
        beginnings += 1
        return beginnings == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// Takes one line of a reply's head.
    ///
    /// A status line begins anew: what came before was an interim reply.
    private func addHeader(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            let code = line.split(separator: " ", maxSplits: 2).dropFirst().first
            reply = HTTPReply(status: code.flatMap { Int($0.prefix(3)) } ?? 0)
            headIsComplete = false
        } else if bytes.first == UInt8(ascii: "\r") || bytes.first == UInt8(ascii: "\n") {
            headIsComplete = true
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            let trimmed = value.drop(while: \.isWhitespace)
            let end = trimmed.lastIndex { !$0.isWhitespace }.map(trimmed.index(after:))
            reply.headers.append(
                (line[..<colon].lowercased(), String(trimmed[..<(end ?? trimmed.startIndex)]))
            )
        }
    }

    private func addBody(_ bytes: UnsafeRawBufferPointer) {
        let room = replyBytesMax - reply.body.count
        reply.body += bytes.prefix(room)
        if bytes.count > room { reply.isCut = true }
    }
}

extension CurlHandle {
    /// Has the handle connect to where an HTTP URL leads, as the client is configured.
    func lead(to url: String, _ configuration: HTTPClientConfiguration) {
        set(CURLOPT_URL, url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.wholeMilliseconds)
        if let caFile = configuration.caFile { set(CURLOPT_CAINFO, caFile) }
    }
}
