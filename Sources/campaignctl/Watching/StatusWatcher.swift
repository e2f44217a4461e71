import APITypes
import Campaigns
import Dispatch
import Glibc
import JobQueue
import Synchronization

/// Shows the status whenever the daemon tells of a change, and once a second, until it is stopped.
struct StatusWatcher {
    let session: Session
    let place: DaemonPlace

    /// What ends a wait.
    private enum News {
        case changed
        case stop
    }

    /// Returns when SIGINT or SIGTERM came; throws when the daemon goes away.
    func run() throws {
        let mailbox = Mailbox<News>()
        let signals = [SIGINT, SIGTERM, SIGHUP].map { number in
            Self.source(of: number) { mailbox.post(.stop) }
        }
        defer { signals.forEach { $0.cancel() } }
        listen(mailbox)
        guard session.console.width != nil, !session.wantsJSON else {
            return try printChanges(mailbox)
        }
        let screen = Screen(console: session.console)
        try screen.open()
        defer { screen.close() }
        var view = StatusView()
        repeat {
            let status = try status()
            let lines = view.lines(
                of: try StatusReport(status: status, in: session),
                now: session.console.now()
            )
            try screen.draw(lines)
        } while !isStopped(mailbox)
    }

    /// One document a line, each unlike the one before it.
    private func printChanges(_ mailbox: Mailbox<News>) throws {
        var last: StatusBody?
        repeat {
            let status = try status()
            if status != last {
                try session.console.print(document: Array(try JSONCoding.encode(status)))
            }
            last = status
        } while !isStopped(mailbox)
    }

    private func status() throws -> StatusBody {
        let status = try session.read(
            StatusBody.self,
            from: session.document(.get("api", "status"))
        )
        guard status.daemon else {
            throw CommandFailure(
                .unavailable,
                "no daemon is running: there is nothing to watch",
                next: "campaignctl status shows how the file stands"
            )
        }
        return status
    }

    /// Waits for news or the timer; whether to stop.
    private func isStopped(_ mailbox: Mailbox<News>) -> Bool {
        if case .stop? = mailbox.take(by: .now() + Self.longestPause) { return true }
        // What follows at once is shown together.
        session.connection.pause(Self.shortestPause)
        while let news = mailbox.take(by: .now()) {
            if case .stop = news { return true }
        }
        return false
    }

    /// Has every change posted, on a connection of its own.
    private func listen(_ mailbox: Mailbox<News>) {
        DispatchQueue(label: "campaignctl.watch").async { [place] in
            let connection = Connection(place: place, surroundings: .standard())
            // When the daemon goes, the next look at its status says so.
            try? connection.stream(.get("api", "events")) { _ in
                mailbox.post(.changed)
                return true
            }
        }
    }

    private static func source(
        of number: Int32,
        _ handler: @escaping @Sendable () -> Void
    ) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: handler)
        source.activate()
        return source
    }

    private static let longestPause = DispatchTimeInterval.seconds(1)
    private static let shortestPause = Duration.milliseconds(200)
}
