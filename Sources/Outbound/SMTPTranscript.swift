import CCurl

/// Follows what libcurl says and hears while it opens a session.
///
/// libcurl hands over neither the capabilities of EHLO nor the reply that made it give up, but it
/// shows each line to its debug function. Of what is sent only the verb is looked at: the rest may
/// be a secret.
final class SMTPTranscript {
    /// How far the opening got, `connect` until the server's first line.
    private(set) var stage = SMTPStage.connect
    /// The last complete reply if it is a refusal, 4xx or 5xx.
    private(set) var refusal: SMTPReply?
    /// Whether AUTH was begun; libcurl skips it when the server does not offer it.
    private(set) var sawAuth = false
    /// Whether the last EHLO, the one after STARTTLS where there was one, offered PIPELINING.
    private(set) var offersPipelining = false

    private var parser = SMTPReplyParser()

    /// Takes part of the conversation, as the debug function gets it.
    func note(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case CURLINFO_HEADER_OUT: noteCommand(bytes)
        case CURLINFO_HEADER_IN: noteReply(bytes)
        default: break
        }
    }

    private func noteCommand(_ bytes: UnsafeRawBufferPointer) {
        let verb = String(decoding: bytes.prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self)
        switch verb {
        case "EHLO", "HELO":
            stage = .ehlo
            offersPipelining = false
        case "STARTTLS":
            stage = .tls
        case "AUTH":
            stage = .auth
            sawAuth = true
        default:
            break
        }
    }

    private func noteReply(_ bytes: UnsafeRawBufferPointer) {
        if stage == .connect { stage = .greeting }
        parser.append(bytes)
        while let raw = nextReply() {
            refusal = raw.code >= 400 ? SMTPReply(raw) : nil
            if stage == .ehlo { offersPipelining = raw.offers("PIPELINING") }
        }
    }

    /// libcurl itself judges a malformed reply; here it only ends the record.
    private func nextReply() -> RawSMTPReply? {
        do {
            return try parser.next()
        } catch {
            parser = SMTPReplyParser()
            return nil
        }
    }
}

extension RawSMTPReply {
    /// Whether a reply to EHLO names a service extension (RFC 5321 section 4.1.1.1).
    fileprivate func offers(_ keyword: String) -> Bool {
        lines.dropFirst().contains { line in
            let word = line.dropFirst(Self.codeBytes).prefix { $0 > UInt8(ascii: " ") }
            return String(decoding: word, as: UTF8.self).uppercased() == keyword
        }
    }
}
