import CCurl
import Dispatch

/// Drives libcurl transfers by Dispatch sources, so that no thread waits for a host.
///
/// Made and used on `queue` alone. libcurl closes connections of a multi handle that it takes for
/// idle when it opens another one there (`prune_dead_connections` in its `url.c`), and a session
/// opened with `CURLOPT_CONNECT_ONLY` looks idle to it: such sessions need a `CurlMulti` each.
final class CurlMulti {
    private let handle: UnsafeMutableRawPointer
    private let queue: DispatchQueue
    private let timer: any DispatchSourceTimer
    private var sockets: [curl_socket_t: (read: SocketSource, write: SocketSource)] = [:]
    private var completions: [UnsafeMutableRawPointer: (CURLcode) -> Void] = [:]

    /// Keeps at most `connections` of them open for further transfers; libcurl's own measure is
    /// four for each transfer under way.
    init(queue: DispatchQueue, connections: Int? = nil) {
        guard CurlLibrary.isReady, let handle = curl_multi_init() else {
            preconditionFailure("libcurl cannot be initialised")
        }
        self.handle = handle
        self.queue = queue
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.drive(CurlLibrary.timeoutSocket, events: 0) }
        timer.activate()
        if let connections { ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, connections) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_timer_function(
            handle,
            { _, milliseconds, context in
                CurlMulti.from(context)?.setTimer(milliseconds)
                return 0
            },
            context
        )
        ccurl_multi_set_socket_function(
            handle,
            { _, socket, interest, context, _ in
                CurlMulti.from(context)?.watch(socket, interest)
                return 0
            },
            context
        )
    }

    deinit {
        timer.cancel()
        curl_multi_cleanup(handle)
    }

    /// Starts a transfer; `completion` runs once on the queue, later, unless `remove` comes first.
    ///
    /// The handle stays in the multi handle until `remove`.
    func add(_ easy: UnsafeMutableRawPointer, completion: @escaping (CURLcode) -> Void) {
        dispatchPrecondition(condition: .onQueue(queue))
        completions[easy] = completion
        let code = curl_multi_add_handle(handle, easy)
        precondition(code == CURLM_OK, "an easy handle is added once")
    }

    /// Takes a transfer out, ends it if it is under way, and closes a connect-only connection.
    func remove(_ easy: UnsafeMutableRawPointer) {
        dispatchPrecondition(condition: .onQueue(queue))
        completions[easy] = nil
        curl_multi_remove_handle(handle, easy)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlMulti? {
        context.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    private func drive(_ socket: curl_socket_t, events: Int32) {
        dispatchPrecondition(condition: .onQueue(queue))
        var running: Int32 = 0
        curl_multi_socket_action(handle, socket, events, &running)
        reportFinished()
    }

    private func reportFinished() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(handle, &remaining) {
            // The message dies with the next call on the handle, and a completion makes such calls.
            let result = message.pointee.data.result
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle
            else { continue }
            completions.removeValue(forKey: easy)?(result)
        }
    }

    private func setTimer(_ milliseconds: Int) {
        let deadline: DispatchTime =
            milliseconds < 0 ? .distantFuture : .now() + .milliseconds(milliseconds)
        timer.schedule(deadline: deadline)
    }

    private func watch(_ socket: curl_socket_t, _ interest: Int32) {
        if interest == CURL_POLL_REMOVE {
            sockets[socket] = nil
            return
        }
        let sources = sockets[socket] ?? makeSources(for: socket)
        sockets[socket] = sources
        sources.read.isEnabled = interest & CURL_POLL_IN != 0
        sources.write.isEnabled = interest & CURL_POLL_OUT != 0
    }

    private func makeSources(for socket: curl_socket_t) -> (read: SocketSource, write: SocketSource)
    {
        let read = SocketSource(socket, .read, queue: queue) { [weak self] in
            self?.drive(socket, events: CURL_CSELECT_IN)
        }
        let write = SocketSource(socket, .write, queue: queue) { [weak self] in
            self?.drive(socket, events: CURL_CSELECT_OUT)
        }
        return (read, write)
    }
}

/// What libcurl needs once in a process.
enum CurlLibrary {
    /// Whether libcurl and its TLS library could be initialised; the first use initialises them.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    /// Stands for "no socket, a time-out" in `curl_multi_socket_action` (`CURL_SOCKET_TIMEOUT`).
    static let timeoutSocket: curl_socket_t = -1
}
