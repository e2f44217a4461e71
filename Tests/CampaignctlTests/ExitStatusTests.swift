import ArgumentParser
import FoundationEssentials
import Testing

@testable import campaignctl

@Suite("Exit codes", .timeLimit(.minutes(10)))
struct ExitStatusTests {
    @Test(
        "each HTTP status of the API has its code of sysexits.h",
        arguments: [
            (200, 0), (201, 0), (202, 0), (400, 65), (401, 77), (403, 77), (404, 66), (405, 70),
            (408, 75), (409, 65), (413, 65), (415, 65), (422, 65), (429, 75), (431, 70), (500, 70),
            (503, 75), (507, 75),
        ] as [(Int, Int32)]
    )
    func ofHTTPStatus(status: Int, code: Int32) {
        #expect(ExitStatus(httpStatus: status, problem: nil).rawValue == code)
    }

    @Test("every code has a row in docs/cli.md")
    func documentation() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/cli.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        for status in ExitStatus.allCases {
            #expect(text.contains("\n| \(status.rawValue) | "), "\(status)")
        }
    }

    @Test("every code is named in the help")
    func help() {
        let help = CampaignCtl.helpMessage(columns: 100)
        for status in ExitStatus.allCases {
            #expect(help.contains(" \(status.rawValue)  "), "\(status)")
        }
    }
}

@Suite("Failures", .timeLimit(.minutes(10)))
struct CommandFailureTests {
    private let problem = """
        {"type":"urn:campaignd:malformed","title":"The request is malformed","status":400,\
        "detail":"name: is missing (and 1 more)","result":"error","faults":[\
        {"field":"name","message":"is missing"},\
        {"field":"channel","message":"must be email","line":3}]}
        """

    @Test("people read the detail and each field at fault on a line of its own")
    func lines() {
        let failure = CommandFailure(httpStatus: 400, body: Array(problem.utf8))
        #expect(failure.exit == .data)
        #expect(
            failure.lines == [
                "error: name: is missing (and 1 more)", "  name: is missing",
                "  line 3: channel: must be email",
            ]
        )
    }

    @Test("programs read the daemon's own problem document, unchanged")
    func document() {
        let failure = CommandFailure(httpStatus: 400, body: Array(problem.utf8))
        #expect(String(decoding: failure.json, as: UTF8.self) == problem)
    }

    @Test("the call that comes first is told as a command")
    func next() {
        let body = """
            {"type":"urn:campaignd:conflict","title":"","status":409,"detail":"not built",\
            "result":"error","next":"PUT /api/campaign/68b0b5ccfcccb5cfc3b1f4eb/build"}
            """
        let failure = CommandFailure(httpStatus: 409, body: Array(body.utf8))
        #expect(failure.next == "campaignctl enqueue build 68b0b5ccfcccb5cfc3b1f4eb")
    }

    @Test("an error without a problem document is told all the same")
    func bare() {
        let failure = CommandFailure(httpStatus: 500, body: Array("<html>".utf8))
        #expect(failure.exit == .software)
        #expect(
            failure.lines == ["error: the daemon answered with HTTP status 500 and no explanation"]
        )
    }
}
