/// What is said in a call, as TwiML (twilio.com/docs/voice/twiml).
///
/// A template's text may have two parts, divided by a line `---`: what a person hears, and what is
/// left for a machine. Without a second part a machine hears the first.
struct CallScript: Equatable {
    var live: String
    var voicemail: String?

    init(live: String, voicemail: String?) {
        self.live = live
        self.voicemail = voicemail
    }

    /// Reads a rendered text.
    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let divider = lines.firstIndex(where: { $0.trimmed == "---" }) else {
            live = String(Substring(text).trimmed)
            return
        }
        live = String(Substring(lines[..<divider].joined(separator: "\n")).trimmed)
        voicemail = String(Substring(lines[(divider + 1)...].joined(separator: "\n")).trimmed)
    }

    /// The document for a person; with keys, it waits for one, and `action` is told which.
    func live(_ settings: CallSettings, action: String?) -> String {
        guard let action, settings.optOutKey != nil || settings.repeatKey != nil else {
            return Self.document(Self.say(live, settings))
        }
        let gather =
            "<Gather input=\"dtmf\" numDigits=\"1\" action=\"\(Self.escaped(action))\">"
            + Self.say(live, settings) + "</Gather>"
        return Self.document(gather)
    }

    /// The document for a machine.
    func voicemail(_ settings: CallSettings) -> String {
        Self.document(Self.say(voicemail ?? live, settings))
    }

    /// The document that ends a call.
    static let end = document("")

    private static func document(_ verbs: String) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>\(verbs)<Hangup/></Response>"
    }

    private static func say(_ text: String, _ settings: CallSettings) -> String {
        let language = settings.language.map { " language=\"\(escaped($0))\"" } ?? ""
        return "<Say\(language)>\(escaped(text))</Say>"
    }

    /// Text as XML carries it (XML 1.0 section 2.2): characters that no document may hold are gone.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
