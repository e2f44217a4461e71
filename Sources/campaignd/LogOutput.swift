import Foundation
import JobQueue
import Logging
import Settings

/// Log lines on standard error, one event each: logfmt, or one JSON object.
enum LogOutput {
    static func logger(_ configuration: DaemonConfiguration, rules: LogRules) -> Logger {
        let style = LineHandler.Style(
            isJSON: configuration.logFormat == .json,
            goesToJournal: isJournal
        )
        return Logger(label: "campaignd") { _ in LineHandler(style: style, rules: rules) }
    }

    /// Whether standard error is the journal's (systemd.exec(5), JOURNAL_STREAM).
    private static var isJournal: Bool {
        guard let stream = getenv("JOURNAL_STREAM").map({ String(cString: $0) }) else {
            return false
        }
        var information = stat()
        guard fstat(STDERR_FILENO, &information) == 0 else { return false }
        return stream == "\(information.st_dev):\(information.st_ino)"
    }
}

/// Writes each event as one line.
private struct LineHandler: LogHandler {
    /// How a line looks.
    struct Style: Sendable {
        var isJSON: Bool
        /// The journal takes the level from a prefix, and has a clock of its own.
        var goesToJournal: Bool
    }

    let style: Style
    let rules: LogRules
    var metadata: Logger.Metadata = [:]

    init(style: Style, rules: LogRules) {
        self.style = style
        self.rules = rules
    }

    /// One level for the whole program, so that it can be changed while it runs.
    var logLevel: Logger.Level {
        get { rules.level }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let extra = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        var fields = style.goesToJournal ? [] : [("time", SystemClock().wall.description)]
        fields.append(("level", event.level.rawValue))
        fields.append(("message", shown("\(event.message)")))
        fields += extra.map { ($0.key, shown("\($0.value)")) }
        let prefix = style.goesToJournal ? "<\(event.level.journalPriority)>" : ""
        write(prefix + (style.isJSON ? Self.json(fields) : Self.logfmt(fields)) + "\n")
    }

    private func shown(_ text: String) -> String {
        rules.showsAddresses ? text : AddressFilter.hidden(text)
    }

    private func write(_ line: String) {
        // One call a line: lines of several threads do not mix.
        FileHandle.standardError.write(Data(line.utf8))
    }

    private static func logfmt(_ fields: [(String, String)]) -> String {
        fields.map { "\($0)=\(quoted($1))" }.joined(separator: " ")
    }

    private static func json(_ fields: [(String, String)]) -> String {
        let members = fields.map { "\(string($0)):\(string($1))" }
        return "{\(members.joined(separator: ","))}"
    }

    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 < 0x7F }
        return isPlain ? value : string(value)
    }

    /// A string of JSON, which logfmt's quoted values are too (RFC 8259 section 7).
    private static func string(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension Logger.Level {
    /// The priority of syslog(3) that systemd reads from `<N>` (sd-daemon(3)).
    fileprivate var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
