import Campaigns
import Foundation
import JobQueue
import Outbound
import Testing

@testable import Transports

@Suite(
    "Requests and signatures, compared with the providers' own Python packages",
    .timeLimit(.minutes(10)),
    .enabled(if: ForeignPython.path != nil)
)
struct GatewayOracleTests {
    private struct Call: Codable, Equatable {
        var method: String
        var url: String
        var fields: [String: String]
        var authorization: String
    }

    @Test("messages and calls are made as the twilio package makes them, field by field")
    func twilio() throws {
        let settings = TwilioSettings(
            baseURL: "https://api.twilio.com",
            accountSID: "AC00000000000000000000000000000001",
            authToken: "secret:token",
            callbackURL: "https://mail.example.org/hooks"
        )
        let gateway = TwilioGateway(settings: settings)
        let texts = ["Hello Ann", "é€ 🎉 & = + %20 ~", "two\nlines"]
        let messages = texts.flatMap { text in
            [OutgoingMessage.sample(.sms, text), .sample(.voice, text)]
        }
        let ours = try messages.map { try Self.call(gateway.request(for: $0)) }
        let theirs: [Call] = try ForeignPython.run(
            """
            import base64, json, logging, sys
            from twilio.rest import Client
            from twilio.http.http_client import HttpClient
            from twilio.http.response import Response
            calls = []
            class Fake(HttpClient):
                def request(self, method, url, params=None, data=None, headers=None, auth=None, **more):
                    pair = ":".join(auth) if auth else ""
                    token = "Basic " + base64.b64encode(pair.encode()).decode()
                    fields = {k: v for k, v in (data or {}).items() if v is not None}
                    calls.append(dict(method=method, url=url, fields=fields, authorization=token))
                    return Response(201, "{}")
            http = Fake(logging.getLogger(), False)
            client = Client("AC00000000000000000000000000000001", "secret:token", http_client=http)
            for m in json.load(sys.stdin):
                common = dict(to=m["to"], from_=m["from"], status_callback=m["callback"])
                if m["channel"] == "sms":
                    client.messages.create(body=m["text"], **common)
                else:
                    client.calls.create(twiml=m["text"], **common)
            json.dump(calls, sys.stdout)
            """,
            messages.map { message in
                [
                    "channel": message.channel.rawValue, "to": message.recipient,
                    "from": "+19498671000", "callback": settings.callback(message) ?? "",
                    "text": message.channel == .voice
                        ? CallScript(message.content.text).live(settings.call, action: nil)
                        : message.content.text,
                ]
            }
        )
        #expect(ours == theirs)
    }

    @Test("a message is asked for as the twilio package lists them, and what it shows is read")
    func twilioList() throws {
        let settings = TwilioSettings(
            baseURL: "https://api.twilio.com",
            accountSID: "AC00000000000000000000000000000001",
            authToken: "secret:token",
            callbackURL: nil
        )
        let register = TwilioRegister(settings: settings)
        let message = OutgoingMessage.sample(.sms, "Hello Ann")
        let request = register.search(for: message)
        let parts = request.url.split(separator: "?", maxSplits: 1).map(String.init)
        let theirs: Listing = try ForeignPython.run(
            """
            import base64, json, logging, sys
            from twilio.rest import Client
            from twilio.http.http_client import HttpClient
            from twilio.http.response import Response
            entry = dict(sid="SM1", to="+12025550101", body="Hello Ann", status="delivered",
                date_created="Fri, 01 Jan 2100 00:00:00 +0000")
            first = dict(messages=[], page=0, next_page_uri="/2010-04-01/more", uri="/")
            last = dict(messages=[entry], page=1, next_page_uri=None, uri="/")
            pages = [first, last]
            calls = []
            class Fake(HttpClient):
                def request(self, method, url, params=None, data=None, headers=None, auth=None, **more):
                    token = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
                    fields = {k: str(v) for k, v in (params or {}).items()
                        if isinstance(v, (str, int))}
                    calls.append(dict(method=method, url=url, fields=fields, authorization=token))
                    return Response(200, json.dumps(pages[len(calls) - 1]))
            http = Fake(logging.getLogger(), False)
            client = Client("AC00000000000000000000000000000001", "secret:token", http_client=http)
            m = json.load(sys.stdin)
            found = client.messages.list(to=m["to"], from_=m["from"], page_size=1000)
            assert [f.sid for f in found] == ["SM1"] and len(calls) == 2
            json.dump(dict(call=calls[0], pages=[json.dumps(p) for p in pages],
                created=int(found[0].date_created.timestamp())), sys.stdout)
            """,
            ["to": message.recipient, "from": "+19498671000"]
        )
        let ours = Call(
            method: request.method,
            url: parts[0],
            fields: Self.fields(parts[1]),
            authorization: request.headers.first { $0.name == "Authorization" }?.value ?? ""
        )
        #expect(ours == theirs.call)
        let answers = theirs.pages.map { page in
            register.find(message, in: HTTPReply(status: 200, body: Array(page.utf8)))
        }
        let longer = TransportError.outcomeUnknown(evidence: "its list is longer than was read")
        #expect(answers[0] == .failure(longer))
        #expect(
            answers[1]
                == .success(
                    Delivery(
                        reply: "the provider's list shows SM1 delivered",
                        providerID: "SM1",
                        report: .delivered
                    )
                )
        )
        #expect(MailDate.seconds("Fri, 01 Jan 2100 00:00:00 +0000") == theirs.created)
    }

    private struct Listing: Decodable {
        var call: Call
        var pages: [String]
        var created: Int64
    }

    @Test("what the twilio package signs is genuine, and nothing else is")
    func twilioSignature() throws {
        let root = "https://mail.example.org/hooks"
        let settings = TwilioSettings(
            baseURL: "",
            accountSID: "AC1",
            authToken: "secret",
            callbackURL: root
        )
        let listener = TwilioListener(settings, callbackURL: root)
        let target = "/receipts/sms/42?live=a%20b"
        let form = [
            ("MessageSid", "SM1"), ("MessageStatus", "delivered"), ("To", "+1202"), ("A", "é 🎉"),
            ("Empty", ""),
        ]
        let signature: String = try ForeignPython.run(
            """
            import json, sys
            from twilio.request_validator import RequestValidator
            c = json.load(sys.stdin)
            validator = RequestValidator("secret")
            signature = validator.compute_signature(c["url"], c["form"])
            assert validator.validate(c["url"], c["form"], signature)
            json.dump(signature, sys.stdout)
            """,
            SignedForm(url: root + target, form: Dictionary(uniqueKeysWithValues: form))
        )
        var call = ProviderCall(
            message: 42,
            secret: nil,
            target: target,
            query: [],
            form: form.map { (name: $0.0, value: $0.1) },
            headers: [(name: "x-twilio-signature", value: signature)]
        )
        #expect(listener.isGenuine(call))
        call.form[1].value = "failed"
        #expect(!listener.isGenuine(call))
        call.form[1].value = "delivered"
        call.target = "/receipts/sms/43?live=a%20b"
        #expect(!listener.isGenuine(call))
        call.headers = []
        #expect(!listener.isGenuine(call))
    }

    private struct SignedForm: Encodable {
        var url: String
        var form: [String: String]
    }

    private struct Posted: Encodable {
        var secret: String
        var headers: [String: String]
        var body: String
    }

    @Test("the standardwebhooks package verifies what is posted")
    func webhook() throws {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let gateway = WebhookGateway(
            settings: WebhookSettings(url: "http://127.0.0.1/", secret: secret) {
                Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            }
        )
        let request = try gateway.request(for: .sample(.sms, "é \"🎉\" </"))
        let verified: [String: String] = try ForeignPython.run(
            """
            import json, sys
            from standardwebhooks.webhooks import Webhook
            p = json.load(sys.stdin)
            document = Webhook(p["secret"]).verify(p["body"], p["headers"])
            try:
                Webhook(p["secret"]).verify(p["body"] + " ", p["headers"])
                sys.exit("a changed body was verified")
            except Exception:
                pass
            json.dump(document["data"], sys.stdout)
            """,
            Posted(
                secret: secret,
                headers: Dictionary(
                    uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) }
                ),
                body: String(decoding: request.body, as: UTF8.self)
            )
        )
        #expect(verified["text"] == "é \"🎉\" </")
        #expect(verified["to"] == "+12025550101")
    }

    private static func call(_ request: HTTPRequest) throws -> Call {
        let authorization = request.headers.first { $0.name == "Authorization" }?.value
        return Call(
            method: request.method,
            url: request.url,
            fields: fields(String(decoding: request.body, as: UTF8.self)),
            authorization: authorization ?? ""
        )
    }

    private static func fields(_ form: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in form.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[String(parts[0])] = String(parts[1]).removingPercentEncoding
        }
        return fields
    }
}

extension OutgoingMessage {
    static func sample(_ channel: Channel, _ text: String) -> OutgoingMessage {
        OutgoingMessage(
            id: 42,
            campaignID: "68b0b5cc0000000000000001",
            channel: channel,
            sender: "(949) 867-1000",
            recipient: "+12025550101",
            content: RenderedContent(text: text),
            date: Timestamp(milliseconds: 1_800_000_000_000)
        )
    }
}
