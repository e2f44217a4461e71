import Foundation
import Testing

@testable import SQLiteStore

@Suite("Instance lock", .timeLimit(.minutes(10)))
struct InstanceLockTests {
    /// A folder of its own; no database is opened in it.
    let place: TemporaryDatabase
    var folder: String { place.folder.path }
    var path: String { folder + "/" + InstanceLock.fileName }

    init() throws { place = try TemporaryDatabase() }

    @Test(
        "the lock is held while its value lives, and by one holder only",
        arguments: [
            LockRole.daemon, .cli,
        ]
    )
    func exclusive(role: LockRole) throws {
        do {
            let lock = try take(role)
            #expect(try holder() == LockHolder(role: role, processID: getpid()))
            _ = consume lock
        }
        _ = try take(.cli)
    }

    @Test("the file is the owner's alone and stays")
    func file() throws {
        _ = try take(.cli)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("as root, the file is given to the folder's owner", .enabled(if: geteuid() == 0))
    func owner() throws {
        try #require(chown(folder, 1_234, 1_234) == 0)
        _ = try take(.daemon)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.ownerAccountID] as? Int == 1_234)
    }

    @Test("a daemon refuses another daemon, and names its process")
    func secondDaemon() throws {
        let first = try InstanceLock.acquireForDaemon(in: folder) { _ in }
        var pauses = 0
        #expect(
            throws: LockFailure.heldByDaemon(LockHolder(role: .daemon, processID: getpid()))
        ) {
            _ = try InstanceLock.acquireForDaemon(in: folder) { _ in pauses += 1 }
        }
        #expect(pauses == 1)
        _ = consume first
    }

    @Test("a daemon waits for a command to end")
    func daemonWaits() throws {
        let command = Holder(try take(.cli))
        var pauses = 0
        _ = try InstanceLock.acquireForDaemon(in: folder) { _ in
            pauses += 1
            if pauses == 3 { command.release() }
        }
        #expect(pauses == 3)
    }

    @Test("a daemon gives up after its time, and says who holds the folder")
    func daemonGivesUp() throws {
        let command = try take(.cli)
        var waited = Duration.zero
        let failure = LockFailure.stillHeld(LockHolder(role: .cli, processID: getpid()))
        #expect(throws: failure) {
            _ = try InstanceLock.acquireForDaemon(in: folder) { waited += $0 }
        }
        #expect(waited >= InstanceLock.daemonWait)
        _ = consume command
    }

    @Test("a name that is from before the present holder stops no daemon")
    func staleName() throws {
        // A command holds the file already, and the name of a dead daemon still stands in it.
        try Data("daemon 99999\n".utf8).write(to: URL(filePath: path))
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        try #require(flock(descriptor, LOCK_EX) == 0)
        var pauses = 0
        _ = try InstanceLock.acquireForDaemon(in: folder) { _ in
            pauses += 1
            if pauses == 1 { ftruncate(descriptor, 0) }
            if pauses == 2 { close(descriptor) }
        }
        #expect(pauses == 2)
    }

    @Test("the lock of a killed process is free at once")
    func killedHolder() throws {
        _ = try take(.cli)
        let child = Process()
        child.executableURL = URL(filePath: "/usr/bin/flock")
        child.arguments = ["--no-fork", path, "cat"]
        let (input, output) = (Pipe(), Pipe())
        child.standardInput = input
        child.standardOutput = output
        try child.run()
        // An echo from `cat` shows that the lock was taken before it.
        try input.fileHandleForWriting.write(contentsOf: Data("x".utf8))
        _ = try output.fileHandleForReading.read(upToCount: 1)
        guard case .held = try InstanceLock.attempt(role: .cli, in: folder) else {
            Issue.record("the child holds no lock")
            return
        }
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        _ = try take(.cli)
    }

    @Test("a missing folder and a link in place of the file are unusable")
    func unusable() throws {
        #expect(throws: LockFailure.self) {
            _ = try InstanceLock.attempt(role: .cli, in: folder + "/none")
        }
        try FileManager.default.createSymbolicLink(
            atPath: path,
            withDestinationPath: folder + "/elsewhere"
        )
        #expect(throws: LockFailure.self) {
            _ = try InstanceLock.attempt(role: .cli, in: folder)
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/elsewhere"))
    }

    @Test(
        "what stands in a lock file is read strictly",
        arguments: [
            "", "daemon", "daemon x", "robot 5", "cli 5 6",
        ]
    )
    func strangeContent(content: String) {
        #expect(LockHolder(content) == nil)
    }

    private func take(_ role: LockRole) throws -> InstanceLock {
        switch try InstanceLock.attempt(role: role, in: folder) {
        case .acquired(let lock): return lock
        case .held(let holder): throw LockFailure.stillHeld(holder)
        }
    }

    private func holder() throws -> LockHolder? {
        switch try InstanceLock.attempt(role: .cli, in: folder) {
        case .acquired: nil
        case .held(let holder): holder
        }
    }
}

/// Holds a lock until it is told to let go.
private final class Holder {
    private var lock: InstanceLock?

    init(_ lock: consuming InstanceLock) { self.lock = consume lock }

    func release() { lock = nil }
}
