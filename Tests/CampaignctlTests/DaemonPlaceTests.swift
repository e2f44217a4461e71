import Testing

@testable import campaignctl

@Suite("Where the daemon is looked for", .timeLimit(.minutes(10)))
struct DaemonPlaceTests {
    private func place(
        flag: String? = nil,
        isRoot: Bool = false,
        _ environment: [String: String]
    ) throws -> DaemonPlace {
        try DaemonPlace(flag: flag, isRoot: isRoot) { environment[$0] }
    }

    @Test("--data-dir comes before the environment")
    func flag() throws {
        let place = try place(flag: "/a", ["CAMPAIGND_DATA_DIR": "/b", "HOME": "/h"])
        #expect(place.folder == "/a")
        #expect(place.sockets == ["/a/campaignd.sock"])
    }

    @Test("CAMPAIGND_DATA_DIR names the folder, unless it is empty")
    func environment() throws {
        #expect(try place(["CAMPAIGND_DATA_DIR": "/b"]).sockets == ["/b/campaignd.sock"])
        #expect(try place(isRoot: true, ["CAMPAIGND_DATA_DIR": ""]).folder == "/var/lib/campaignd")
    }

    @Test("otherwise the system's daemon is tried first, then the user's own")
    func user() throws {
        let place = try place(["HOME": "/home/ann"])
        #expect(place.folder == "/home/ann/.local/state/campaignd")
        #expect(
            place.sockets == [
                "/run/campaignd/campaignd.sock",
                "/home/ann/.local/state/campaignd/campaignd.sock",
            ]
        )
    }

    @Test("XDG_STATE_HOME is heeded when it is absolute")
    func stateHome() throws {
        #expect(try place(["XDG_STATE_HOME": "/s", "HOME": "/h"]).folder == "/s/campaignd")
        #expect(
            try place(["XDG_STATE_HOME": "s", "HOME": "/h"]).folder == "/h/.local/state/campaignd"
        )
    }

    @Test("root's folder is the system's")
    func root() throws {
        #expect(try place(isRoot: true, [:]).folder == "/var/lib/campaignd")
    }

    @Test("a runtime folder that systemd made holds the socket")
    func runtimeFolder() throws {
        let place = try place(flag: "/a", ["RUNTIME_DIRECTORY": "/run/x"])
        #expect(place.sockets == ["/run/x/campaignd.sock", "/a/campaignd.sock"])
    }

    @Test("the system's folder named by hand has its socket in /run too")
    func systemFolder() throws {
        #expect(
            try place(flag: "/var/lib/campaignd", [:]).sockets == [
                "/var/lib/campaignd/campaignd.sock", "/run/campaignd/campaignd.sock",
            ]
        )
    }

    @Test("without a home it asks for --data-dir")
    func homeless() {
        let failure = #expect(throws: CommandFailure.self) { try place([:]) }
        #expect(failure?.exit == .configuration)
    }
}
