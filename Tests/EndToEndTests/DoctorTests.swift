import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Faults planted by hand, and whether the doctor finds each of them.
    @Suite("Doctor")
    struct Doctor {
        @Test("a daemon that is well has nothing at fault")
        func healthy() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            try daemon.start()
            let result = try daemon.control([
                "doctor", "--config", "\(daemon.folder)/campaignd.yaml",
            ])
            #expect(result.end == .exited(0), "\(result.output)")
            #expect(result.output.hasSuffix("checks, all well\n"), "\(result.output)")
        }

        @Test("each of ten faults is found, and what to do about it is said")
        func tenFaults() throws {
            let server = try ScriptedSMTPServer()
            let port = server.port
            server.stop()
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: port))
            let desk = Operator(daemon: daemon)
            // 1: the daemon has died.
            try daemon.start()
            try daemon.kill()
            try daemon.start()
            // 2 and 3: a kind is paused, and a campaign with its job.
            _ = try desk.run("pause", "create")
            let id = try desk.enqueueEmail(to: Contacts(count: 1))
            _ = try desk.run("campaigns", "pause", id)
            // 4, 5 and 6: permissions, and a key that does not exist.
            chmod(daemon.dataFolder, 0o755)
            chmod("\(daemon.dataFolder)/campaignd.sqlite3", 0o664)
            let configuration = "\(daemon.folder)/wrong.yaml"
            try TestFile.write("workerz: 3\n", to: configuration)
            // 7, 8 and 9 (an index is gone, a long reader, another kind paused); 10 is the server.
            let output = try python(
                """
                import os, sqlite3, subprocess, sys
                control, folder, configuration = sys.argv[1:]
                path = folder + "/campaignd.sqlite3"
                environment = dict(os.environ, CAMPAIGND_DATA_DIR=folder)
                def run(*words):
                    return subprocess.run([control, *words], env=environment, capture_output=True)
                sqlite3.connect(path, isolation_level=None).execute("DROP INDEX message_attention")
                reader = sqlite3.connect(path, isolation_level=None)
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM job").fetchone()
                run("pause", "build")
                doctor = run("doctor", "--json", "--config", configuration)
                sys.stdout.buffer.write(doctor.stdout)
                sys.exit(doctor.returncode)
                """,
                [BuiltProgram.control, daemon.dataFolder, configuration],
                in: daemon.folder,
                expecting: 1
            )
            let body = try JSONCoding.decode(DoctorBody.self, from: Data(output.utf8))
            for (check, words) in [
                ("deaths", "the daemon died 1 times"),
                ("work", "create jobs are paused"),
                ("work", "1 create jobs are held"),
                ("folder", "every user of this machine can get into"),
                ("files", "every user of this machine can open"),
                ("configuration", "workerz: unknown key"),
                ("schema", "index message_attention is missing"),
                ("log", "a long reader holds back"),
                ("work", "build jobs are paused"),
                ("transport", "email: smtp is not there"),
            ] {
                let finding = body.findings.first { $0.check == check && $0.detail.contains(words) }
                #expect(finding?.whatToDo?.isEmpty == false, "\(check): \(words)")
                #expect(finding?.level != "ok")
            }
        }

        @Test("every kind of transport, and an account, is looked at and told apart")
        func connections() throws {
            let provider = try ScriptedHTTPServer { stage, request in
                guard stage == .request else { return .proceed }
                return request.target.hasPrefix("/2010-04-01/Accounts/AC1.json")
                    ? .reply(401, body: #"{"code":20003,"message":"Authenticate"}"#)
                    : .reply(200, body: #"{"result":[],"meta":{"count":0}}"#)
            }
            defer { provider.stop() }
            let daemon = try TemporaryDaemon(
                configuration: """
                    transports:
                      email: { kind: command, argv: [/nowhere/at/all] }
                      sms: { kind: webhook, url: "\(provider.url)/hook", secretFile: secret }
                      voice:
                        kind: twilio
                        baseURL: "\(provider.url)"
                        accountSid: AC1
                        authTokenFile: secret
                    accounts:
                      other: { baseURL: "\(provider.url)", userId: u, tokenFile: secret }
                    """
            )
            try TestFile.write("s3cret\n", to: "\(daemon.folder)/secret")
            chmod("\(daemon.folder)/secret", 0o600)
            try daemon.start()
            let result = try daemon.control(["doctor", "--json"])
            #expect(result.end == .exited(1))
            #expect(!result.output.contains("s3cret"))
            let body = try JSONCoding.decode(DoctorBody.self, from: Data(result.output.utf8))
            let found = body.findings.filter { ["transport", "account"].contains($0.check) }
            #expect(
                found.map { "\($0.level): \($0.detail)" } == [
                    "fault: email: command is not there: no program /nowhere/at/all there",
                    "ok: sms: webhook is there",
                    "fault: voice: twilio is not there: answered 401 "
                        + #"{"code":20003,"message":"Authenticate"}"#,
                    "ok: other: its server is there",
                ]
            )
            #expect(found[2].whatToDo?.contains("authTokenFile") == true)
            #expect(provider.requests.elements.map(\.method) == ["GET", "GET"])
        }

        @Test("without a daemon it says so, and what is wrong with the file")
        func offline() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            #expect(try found(daemon).map(\.check).contains("folder"))
            try daemon.start()
            #expect(try daemon.terminate() == .exited(0))
            let stopped = try found(daemon)
            #expect(stopped.map(\.check) == ["daemon"])
            #expect(stopped.first?.detail.contains("no daemon is running") == true)
            let file = "\(daemon.dataFolder)/campaignd.sqlite3"
            _ = try python(
                """
                import sqlite3, sys
                database = sqlite3.connect(sys.argv[1], isolation_level=None)
                database.execute("INSERT INTO schema_migration VALUES (99, 'm0099_x', '', 0)")
                """,
                [file],
                in: daemon.folder
            )
            let newer = try #require(try found(daemon).first { $0.check == "database" })
            #expect(newer.whatToDo?.contains("install the version") == true)
            try TestFile.write("this is no database", to: file)
            let damaged = try #require(try found(daemon).first { $0.check == "database" })
            #expect(damaged.whatToDo?.contains("restore a backup") == true)
        }

        @Test("a campaign that waits for its rate says so, and until when")
        func throttled() throws {
            let rate = "transports: { email: { ratePerSecond: 0.001 } }\n"
            let daemon = try TemporaryDaemon(configuration: Configuration.spool + rate)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let id = try desk.enqueueEmail(to: Contacts(count: 3))
            let campaign = try desk.watch(id) { $0.count("sent") == 1 }
            let job = try #require(campaign.job)
            let why = try desk.read(WhyBody.self, "jobs", "why", "\(job.id)")
            #expect(why.waitsFor == "throttle", "\(why)")
            #expect(why.until != nil)
        }

        /// What is not well.
        private func found(_ daemon: TemporaryDaemon) throws -> [FindingBody] {
            let configuration = "\(daemon.folder)/campaignd.yaml"
            let result = try daemon.control(["doctor", "--json", "--config", configuration])
            let body = try JSONCoding.decode(DoctorBody.self, from: Data(result.output.utf8))
            #expect(result.end == .exited(1))
            return body.findings.filter { $0.level != "ok" }
        }
    }

    /// A status that is looked at for a while.
    @Suite("Watching")
    struct Watching {
        @Test("on a terminal it draws on another screen, and leaves the terminal as it was")
        func terminal() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            try daemon.start()
            let output = try python(
                """
                import os, pty, signal, sys
                control, folder = sys.argv[1:]
                child, terminal = pty.fork()
                if child == 0:
                    os.environ["CAMPAIGND_DATA_DIR"] = folder
                    os.execv(control, [control, "status", "--watch"])
                seen = b""
                while seen.count(b"needs you") < 2:
                    seen += os.read(terminal, 65536)
                os.kill(child, signal.SIGINT)
                while True:
                    try:
                        more = os.read(terminal, 65536)
                    except OSError:
                        break
                    if not more:
                        break
                    seen += more
                sys.stdout.buffer.write(seen)
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                """,
                [BuiltProgram.control, daemon.dataFolder],
                in: daemon.folder
            )
            #expect(output.hasPrefix("\u{1b}[?1049h\u{1b}[?25l"))
            #expect(output.hasSuffix("\u{1b}[?25h\u{1b}[?1049l"))
            #expect(output.contains("running, version"))
        }

        @Test("elsewhere it prints a document for each change")
        func lines() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            try daemon.start()
            let output = try python(
                """
                import json, os, signal, subprocess, sys
                control, folder = sys.argv[1:]
                environment = dict(os.environ, CAMPAIGND_DATA_DIR=folder)
                watch = subprocess.Popen(
                    [control, "status", "--watch"], env=environment, stdout=subprocess.PIPE)
                first = json.loads(watch.stdout.readline())
                subprocess.run([control, "pause", "build"], env=environment, capture_output=True)
                while True:
                    line = watch.stdout.readline()
                    if json.loads(line)["pausedKinds"] == ["build"]:
                        break
                print(first["pausedKinds"], line.decode() != json.dumps(first))
                watch.send_signal(signal.SIGTERM)
                sys.exit(watch.wait())
                """,
                [BuiltProgram.control, daemon.dataFolder],
                in: daemon.folder
            )
            #expect(output == "[] True\n")
        }
    }
}

/// Runs a script to its end and answers what it printed.
private func python(
    _ script: String,
    _ arguments: [String],
    in folder: String,
    expecting code: Int32 = 0
) throws -> String {
    let base = "\(folder)/script-\(UUID().uuidString)"
    let process = try ChildProcess(
        ChildProcess.Start(
            "python3",
            ["-c", script] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "TERM": "xterm"],
            output: "\(base).out",
            errors: "\(base).err"
        )
    )
    #expect(try process.wait() == .exited(code), "\(TestFile.text("\(base).err") ?? "")")
    return TestFile.text("\(base).out") ?? ""
}
