import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Quiet hours in the nights in which New York's clocks change, by a clock that libfaketime sets.
    ///
    /// From 21:00 to 08:00. In 2026 the clocks go forward on 8 March at 07:00 UTC, from UTC-5 to UTC-4,
    /// and back on 1 November at 06:00 UTC.
    @Suite("Quiet hours", .enabled(if: FakeTime.isThere))
    struct Quiet {
        @Test(
            "before the change a message is put off to the end by the clock after it",
            arguments: [
                ("2026-03-08T04:00:00Z", "2026-03-08T12:00:00.000Z"),
                ("2026-11-01T04:00:00Z", "2026-11-01T13:00:00.000Z"),
            ]
        )
        func putOff(start: String, end: String) throws {
            let site = try QuietSite(at: start)
            defer { site.server.stop() }
            let id = try site.desk.enqueueEmail(to: Contacts(count: 20))
            let campaign = try site.desk.watch(id) { $0.count("deferred") == 20 }
            #expect(campaign.status == "SENDING")
            let messages = try site.desk.messages(id, state: "deferred")
            #expect(messages.count == 20)
            for message in messages {
                #expect(message.lastReply == "quiet hours")
                #expect(message.attempts == 0)
                // Their time stands on the engine's clock, which starts with the wall clock.
                #expect(try Self.seconds(from: end, to: message.nextAttemptAt) < 1)
            }
            let pace = try #require(campaign.pace?.first)
            #expect(pace.reason == "its messages wait for their time")
            let earliest = try #require(pace.earliest)
            #expect(try Self.seconds(from: end, to: earliest) < 1)
            let shown = try site.daemon.control(["campaigns", "show", id]).output
            let told = "\(earliest.prefix(10)) \(earliest.dropFirst(11).prefix(8))"
            #expect(shown.contains("not before \(told) UTC"))
            #expect(site.server.commands.elements.isEmpty, "nobody was written to")
        }

        @Test("after the change they end by the new clock: nothing leaves before, all of it after")
        func end() throws {
            // 15 s before 08:00 by UTC-4; by UTC-5 it would be an hour more.
            let site = try QuietSite(at: "2026-03-08T11:59:45Z")
            defer { site.server.stop() }
            let id = try site.desk.enqueueEmail(to: Contacts(count: 20))
            try site.desk.watch(id) { $0.count("deferred") == 20 }
            #expect(try site.desk.wait(for: id) == "SENT")
            let open = try FakeTime.date("2026-03-08T12:00:00Z")
            let times = site.begun.elements
            #expect(times.count == 20)
            #expect(times.allSatisfy { $0 >= open && $0 < open + 30 })
        }

        @Test(
            "in mid-campaign, on the eve of a change, they begin on time and end by the new clock"
        )
        func begin() throws {
            // 15 s before 21:00 by UTC-4.
            let site = try QuietSite(at: "2026-11-01T00:59:45Z")
            defer { site.server.stop() }
            let id = try site.desk.enqueueEmail(
                to: Contacts(count: 400),
                options: "--rate",
                "5"
            )
            let campaign = try site.desk.watch(id) {
                $0.count("deferred") > 0 && $0.count("ready") + $0.count("inflight") == 0
            }
            let sent = Int(campaign.count("sent"))
            #expect(sent > 0 && sent < 400)
            #expect(campaign.count("deferred") == 400 - Int64(sent))
            let quiet = try FakeTime.date("2026-11-01T01:00:00Z")
            let times = site.begun.elements
            #expect(times.count == sent)
            // What was handed over before may take a moment to the server.
            #expect(times.allSatisfy { $0 < quiet + 1 })
            let due = try site.desk.messages(id, state: "deferred").map(\.nextAttemptAt)
            for time in due {
                #expect(try Self.seconds(from: "2026-11-01T13:00:00.000Z", to: time) < 1)
            }
            print(
                "\(sent) left before the quiet hours, the last \(quiet - (times.max() ?? quiet)) s"
            )
        }

        private static func seconds(from date: String, to other: String?) throws -> Double {
            let time = try #require(other)
            return abs(try FakeTime.date(date) - FakeTime.date(time))
        }
    }
}

/// A daemon by whose clock it is another time, and a server that notes that time.
private struct QuietSite {
    let server: ScriptedSMTPServer
    let daemon: TemporaryDaemon
    /// When each message began, in seconds since 1970 by the daemon's clock.
    let begun: Recorder<Double>
    var desk: Operator { Operator(daemon: daemon) }

    init(at start: String) throws {
        let offset = try FakeTime.date(start) - Date().timeIntervalSince1970.rounded()
        let begun = Recorder<Double>()
        self.begun = begun
        server = try ScriptedSMTPServer { event in
            if event.stage == .rcpt { begun.append(Date().timeIntervalSince1970 + offset) }
            return .proceed
        }
        let hours = #"quietHours: { from: "21:00", to: "08:00", zone: America/New_York }"#
        daemon = try TemporaryDaemon(
            configuration: Configuration.smtp(port: server.port) + "\n    \(hours)\n"
        )
        try daemon.start(environment: FakeTime.environment(offset: Int(offset)))
    }
}

/// The library of Debian's package faketime, which sets the wall clock of a program.
///
/// It takes every timer at an absolute time for one of the wall clock and moves Dispatch's to another
/// year, so those calls go around it. It also moves the environment, after which a Swift program
/// finds no arguments, but not in a program that was started by one it had been loaded into; setpriv
/// starts every program here.
private enum FakeTime {
    /// Both libraries, as LD_PRELOAD names them; nil where there are none, with the reason printed.
    private static let libraries: String? = {
        guard let library else {
            print("Clocks of other days are not tried: package faketime is not installed")
            return nil
        }
        let detour = "\(BuiltProgram.folder)/timerfd-detour.so"
        do {
            try TestFile.write(source, to: detour + ".c")
            let arguments = ["clang", "-shared", "-fPIC", "-o", detour, detour + ".c"]
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let compiler = try ChildProcess(
                ChildProcess.Start("/usr/bin/env", arguments, environment: ["PATH": path])
            )
            if try compiler.wait() == .exited(0) { return "\(detour) \(library)" }
        } catch {
            print("\(error)")
        }
        print("Clocks of other days are not tried: there is no clang")
        return nil
    }()

    /// Where the package puts it, whatever the machine's architecture.
    private static let library: String? = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        return folders.map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
            .first(where: FileManager.default.fileExists)
    }()

    private static let source = """
        #include <sys/syscall.h>
        #include <sys/timerfd.h>
        #include <unistd.h>
        int timerfd_settime(int timer, int flags, const struct itimerspec *new, struct itimerspec *old) {
            return (int)syscall(SYS_timerfd_settime, timer, flags, new, old);
        }

        """

    static var isThere: Bool { libraries != nil }

    /// What has a program's wall clock differ by so many seconds; its other clocks stay as they are.
    static func environment(offset: Int) -> [String: String] {
        [
            "LD_PRELOAD": libraries ?? "", "FAKETIME": "\(offset < 0 ? "" : "+")\(offset)s",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// A date of RFC 3339 in seconds since 1970.
    static func date(_ text: String) throws -> Double {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return try Date(text, strategy: style).timeIntervalSince1970
    }
}
