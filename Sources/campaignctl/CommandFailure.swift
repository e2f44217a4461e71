import APITypes
import FoundationEssentials

/// Why a command did not do what it was asked, and with which exit code it ends.
struct CommandFailure: Error {
    var exit: ExitStatus
    var detail: String
    var faults: [FaultBody] = []
    /// The next step to take, as a sentence or a command.
    var next: String?
    /// The key under which the same request may be repeated.
    var idempotencyKey: String?
    /// The problem document as the daemon wrote it.
    private var document: [UInt8]?

    /// Makes a failure that no daemon reported.
    init(_ exit: ExitStatus, _ detail: String, next: String? = nil) {
        self.exit = exit
        self.detail = detail
        self.next = next
    }

    /// Reads the body of a reply that is an error.
    init(httpStatus: Int, body: [UInt8]) {
        guard let problem = try? JSONCoding.decode(ProblemBody.self, from: Data(body)) else {
            self.init(
                ExitStatus(httpStatus: httpStatus, problem: nil),
                "the daemon answered with HTTP status \(httpStatus) and no explanation"
            )
            return
        }
        self.init(
            ExitStatus(httpStatus: httpStatus, problem: Self.kind(ofProblem: problem.type)),
            problem.detail,
            next: problem.next.map(Self.command(forCall:))
        )
        faults = problem.faults ?? []
        document = body
    }

    /// The lines for people: what is wrong, each field at fault, and the next step.
    var lines: [String] {
        var lines = ["error: \(detail)"]
        let texts = faults.map(Self.text)
        // A single fault is what the detail says already.
        if texts.count > 1 || texts.contains(where: { !detail.contains($0) }) {
            lines += texts.prefix(Self.shownFaults).map { "  " + $0 }
            let others = texts.count - Self.shownFaults
            if others > 0 { lines.append("  and \(others) more; --json has them all") }
        }
        if let next { lines.append("next: \(next)") }
        if let idempotencyKey { lines.append("idempotency key: \(idempotencyKey)") }
        return lines.map(DisplayText.printable)
    }

    private static func text(of fault: FaultBody) -> String {
        let place = fault.line.map { "line \($0): " } ?? ""
        let field = fault.field.isEmpty ? "" : "\(fault.field): "
        return place + field + fault.message
    }

    /// The problem document for programs, the daemon's own where it sent one.
    var json: [UInt8] {
        if let document { return document }
        var members: [String: JSONValue] = [
            "type": .string(Self.problemTypePrefix + exit.problem), "title": .string(exit.title),
            "detail": .string(detail), "result": "error", "exit": .integer(Int64(exit.rawValue)),
        ]
        if let next { members["next"] = .string(next) }
        if let idempotencyKey { members["idempotencyKey"] = .string(idempotencyKey) }
        guard let data = try? JSONCoding.encode(JSONValue.object(members)) else { return [] }
        return Array(data)
    }

    /// The last part of a problem's type.
    private static func kind(ofProblem type: String) -> String? {
        type.split { $0 == "/" || $0 == ":" || $0 == "#" }.last.map(String.init)
    }

    /// The command for a call the daemon names as the one that comes first.
    private static func command(forCall call: String) -> String {
        let words = call.split(separator: " ")
        guard words.count == 2, words[0] == "PUT" else { return call }
        let path = words[1].split(separator: "/")
        guard path.count == 4, path[0] == "api", path[1] == "campaign" else { return call }
        switch path[3] {
        case "build", "send": return "campaignctl enqueue \(path[3]) \(path[2])"
        case "pause", "resume", "cancel": return "campaignctl campaigns \(path[3]) \(path[2])"
        default: return call
        }
    }

    /// Lines of faults that leave the first line on the screen.
    private static let shownFaults = 20
    private static let problemTypePrefix = "urn:campaignctl:"
}
