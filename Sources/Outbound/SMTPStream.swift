import CCurl
import Dispatch

/// The bytes of one SMTP session: libcurl connects, secures and logs in, and passes bytes after.
///
/// Used on its queue alone. `close` must be called before the last reference goes.
final class SMTPStream {
    /// Why no session could be opened.
    struct Fault: Error {
        let stage: SMTPStage
        let reason: String
        let reply: SMTPReply?

        /// The outcome of a message that could not be sent for it.
        var outcome: SMTPOutcome { .serviceUnavailable(stage, reason: reason, reply: reply) }
    }

    /// What a session offers once it is open.
    struct Capabilities {
        let pipelining: Bool
    }

    /// What became of an attempt to move bytes.
    enum Transfer {
        case moved(Int)
        /// Nothing can be moved until the socket is ready again.
        case wouldBlock
        /// The connection has ended; why.
        case ended(String)
    }

    private let configuration: SMTPConfiguration
    private let queue: DispatchQueue
    private let multi: CurlMulti
    private let transcript = SMTPTranscript()
    private let handle = CurlHandle()
    private var easy: UnsafeMutableRawPointer { handle.easy }
    private var readable: SocketSource?
    private var writable: SocketSource?
    private var isClosed = false

    init(_ configuration: SMTPConfiguration, queue: DispatchQueue) {
        self.configuration = configuration
        self.queue = queue
        multi = CurlMulti(queue: queue)
        setOptions()
    }

    deinit {
        precondition(isClosed, "a stream is closed before it is released")
    }

    /// Opens the session up to and including AUTH; `completion` runs later, once.
    func open(completion: @escaping (Result<Capabilities, Fault>) -> Void) {
        multi.add(easy) { [unowned self] code in
            completion(code == CURLE_OK ? opened() : .failure(fault(code)))
        }
    }

    /// Calls `onReadable` whenever bytes can be read, and `onWritable` when they can be written
    /// again after a `send` that would have blocked.
    func watch(onReadable: @escaping () -> Void, onWritable: @escaping () -> Void) {
        var socket: curl_socket_t = -1
        ccurl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket)
        readable = SocketSource(socket, .read, queue: queue, handler: onReadable)
        writable = SocketSource(socket, .write, queue: queue) { [unowned self] in
            writable?.isEnabled = false
            onWritable()
        }
        readable?.isEnabled = true
    }

    /// Hands bytes to the kernel, or to TLS and through it to the kernel, whole.
    ///
    /// After `wouldBlock` the next call must give the same bytes at the same address.
    func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        var moved = 0
        switch curl_easy_send(easy, bytes.baseAddress, bytes.count, &moved) {
        case CURLE_OK:
            return .moved(moved)
        case CURLE_AGAIN:
            writable?.isEnabled = true
            return .wouldBlock
        case let code:
            return .ended("writing failed: \(handle.describe(code))")
        }
    }

    /// Reads what is there.
    ///
    /// It must be called until it would block: TLS may hold bytes that the socket no longer shows
    /// as readable.
    func receive(into bytes: UnsafeMutableRawBufferPointer) -> Transfer {
        var moved = 0
        switch curl_easy_recv(easy, bytes.baseAddress, bytes.count, &moved) {
        case CURLE_OK where moved > 0: return .moved(moved)
        case CURLE_OK: return .ended("the server closed the connection")
        case CURLE_AGAIN: return .wouldBlock
        case let code: return .ended("reading failed: \(handle.describe(code))")
        }
    }

    /// Closes the connection at once, in whatever state it is.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        readable = nil
        writable = nil
        multi.remove(easy)
        handle.close()
    }

    private func opened() -> Result<Capabilities, Fault> {
        // libcurl reports each read in words as long as it is verbose.
        handle.set(CURLOPT_VERBOSE, 0)
        guard configuration.username.isEmpty || transcript.sawAuth else {
            return .failure(
                Fault(stage: .auth, reason: "the server offers no AUTH", reply: nil)
            )
        }
        return .success(Capabilities(pipelining: transcript.offersPipelining))
    }

    private func fault(_ code: CURLcode) -> Fault {
        Fault(stage: stage(of: code), reason: handle.describe(code), reply: transcript.refusal)
    }

    private func stage(of code: CURLcode) -> SMTPStage {
        switch code {
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_USE_SSL_FAILED:
            return .tls
        default:
            // The transcript begins with the server's first line.
            guard transcript.stage == .connect else { return transcript.stage }
            var connected: curl_off_t = 0
            ccurl_get_offset(easy, CURLINFO_CONNECT_TIME_T, &connected)
            return connected > 0 ? .greeting : .connect
        }
    }

}

extension SMTPStream {
    private func setOptions() {
        handle.set(CURLOPT_URL, url)
        handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.set(CURLOPT_USE_SSL, Int(useSSL.rawValue))
        // The time-out covers the whole opening, but libcurl gives a single reply only 120 s.
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, configuration.timeouts.connect.wholeMilliseconds)
        handle.set(
            CURLOPT_SERVER_RESPONSE_TIMEOUT,
            configuration.timeouts.connect.wholeMilliseconds / 1_000 + 1
        )
        if !configuration.username.isEmpty {
            handle.set(CURLOPT_USERNAME, configuration.username)
            handle.set(CURLOPT_PASSWORD, configuration.password)
        }
        if let caFile = configuration.caFile { handle.set(CURLOPT_CAINFO, caFile) }
        handle.set(CURLOPT_VERBOSE, 1)
        ccurl_set_debug_function(easy) { _, kind, bytes, count, context in
            guard let context else { return 0 }
            Unmanaged<SMTPTranscript>.fromOpaque(context).takeUnretainedValue()
                .note(kind, UnsafeRawBufferPointer(start: bytes, count: count))
            return 0
        }
        handle.set(CURLOPT_DEBUGDATA, Unmanaged.passUnretained(transcript).toOpaque())
    }

    /// `smtp://host:port/name`, the name being that of EHLO.
    private var url: String {
        let scheme = configuration.tls == .implicit ? "smtps" : "smtp"
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let name = (configuration.heloName ?? "").utf8.map(Self.percentEncoded).joined()
        return "\(scheme)://\(host):\(configuration.port)/\(name)"
    }

    private var useSSL: curl_usessl {
        switch configuration.tls {
        case .none: CURLUSESSL_NONE
        case .startTLS, .implicit: CURLUSESSL_ALL
        }
    }

    private static func percentEncoded(_ byte: UInt8) -> String {
        let character = Character(UnicodeScalar(byte))
        if character.isASCII && (character.isLetter || character.isNumber) {
            return String(character)
        }
        let hexadecimal = String(byte, radix: 16)
        return "%" + (hexadecimal.count == 1 ? "0" : "") + hexadecimal
    }
}
