import Dispatch
import Glibc

/// Tells, on a queue, that a socket can be read or written, again and again while that is so.
///
/// It watches a duplicate of the descriptor, which it closes once Dispatch has let go of it. So the
/// owner, libcurl here, may close its own at any moment: were the number given to a new socket
/// while Dispatch still had the old one registered, the new one's events would be lost.
final class SocketSource {
    /// The readiness that is watched for.
    enum Direction {
        case read
        case write
    }

    /// Whether the handler may run; off at first.
    var isEnabled = false {
        didSet {
            guard isEnabled != oldValue else { return }
            if isEnabled { source?.resume() } else { source?.suspend() }
        }
    }

    /// Nil when the process has no descriptor left: then the handler never runs, and the
    /// deadline of whoever waits for it ends the wait.
    private let source: (any DispatchSourceProtocol)?

    init(
        _ socket: Int32,
        _ direction: Direction,
        queue: DispatchQueue,
        handler: @escaping () -> Void
    ) {
        let descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else {
            source = nil
            return
        }
        let source: any DispatchSourceProtocol =
            switch direction {
            case .read: DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            case .write: DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
            }
        source.setEventHandler(handler: handler)
        source.setCancelHandler { close(descriptor) }
        self.source = source
    }

    deinit {
        source?.cancel()
        // Dispatch forbids the release of a source that is not running.
        if !isEnabled { source?.resume() }
    }
}
