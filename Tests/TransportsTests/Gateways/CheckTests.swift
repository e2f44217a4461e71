import Campaigns
import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Transports

@Suite("Transports that are asked whether the other side is there", .timeLimit(.minutes(10)))
struct CheckTests {
    // MARK: Twilio

    @Test("an account that is active lets us in, and nothing but the account is read")
    func twilio() throws {
        let server = try answering(200, #"{"sid":"AC1","status":"active"}"#)
        defer { server.stop() }
        #expect(try fault(of: Self.twilio(server.url)) == nil)
        let request = try #require(server.requests.elements.first)
        #expect(request.method == "GET")
        #expect(request.target == "/2010-04-01/Accounts/AC1.json")
        #expect(request[header: "authorization"] == "Basic QUMxOnNlY3JldA==")
        #expect(server.requests.elements.count == 1)
    }

    @Test(
        "a refusal, a suspended account and a stranger's answer are told with what to look at",
        arguments: [
            (401, #"{"code":20003,"message":"no","status":401}"#, "20003", "authTokenFile"),
            (404, #"{"code":20404,"message":"no","status":404}"#, "20404", "accountSid"),
            (200, #"{"sid":"AC1","status":"suspended"}"#, "suspended", "ask the provider"),
            (200, "<html>Welcome</html>", "Welcome", "baseURL"),
            (503, "busy", "503 busy", "baseURL"),
        ]
    )
    func twilioRefuses(status: Int, body: String, reason: String, whatToDo: String) throws {
        let server = try answering(status, body)
        defer { server.stop() }
        let fault = try #require(try fault(of: Self.twilio(server.url)))
        #expect(fault.reason.contains(reason))
        #expect(fault.whatToDo.contains(whatToDo))
        #expect(!fault.reason.contains("secret"))
    }

    // MARK: Kannel

    @Test("Kannel is asked without a receiver and without a text, and has to know us")
    func kannel() throws {
        let server = try answering(400, "Missing receiver number, rejected")
        defer { server.stop() }
        #expect(try fault(of: Self.kannel(server.url)) == nil)
        let request = try #require(server.requests.elements.first)
        #expect(request.target == "/cgi-bin/sendsms?username=u&password=a%20secret")
    }

    @Test(
        "a wrong password, a gateway without bearerbox and another server are told",
        arguments: [
            (403, "Authorization failed for sendsms", "passwordFile"),
            (503, "Temporal failure, try again later.", "bearerbox"), (404, "Not found", "baseURL"),
        ]
    )
    func kannelRefuses(status: Int, body: String, whatToDo: String) throws {
        let server = try answering(status, body)
        defer { server.stop() }
        let fault = try #require(try fault(of: Self.kannel(server.url)))
        #expect(fault.reason == "answered \(status) \(body)")
        #expect(fault.whatToDo.contains(whatToDo))
    }

    // MARK: Webhook

    @Test("a webhook is connected to, and hears nothing")
    func webhook() throws {
        let server = try ScriptedHTTPServer()
        defer { server.stop() }
        #expect(try fault(of: Self.webhook(server.url + "/hook")) == nil)
        try server.connections.wait(forCount: 1)
        #expect(server.begun.elements.isEmpty)
    }

    @Test("where nobody listens, whoever is there by HTTP is told as not reached", arguments: 0..<3)
    func unreached(index: Int) throws {
        let server = try ScriptedHTTPServer()
        server.stop()
        let transport = [Self.twilio, Self.kannel, Self.webhook][index](server.url)
        let fault = try #require(try fault(of: transport))
        #expect(fault.reason.contains("\(server.port)"))
        #expect(!fault.reason.contains("secret"))
        #expect(fault.whatToDo.contains(index == 2 ? "its url" : "its baseURL"))
    }

    @Test("a check waits for no message that is under way")
    func besidesMessages() throws {
        let server = try ScriptedHTTPServer { _, request in
            request.method == "POST"
                ? .stall : .reply(200, body: #"{"sid":"AC1","status":"active"}"#)
        }
        defer { server.stop() }
        let transport = Self.twilio(server.url)
        transport.send(.sample(.sms, "Hello")) { _ in }
        try server.begun.wait(forCount: 1)
        #expect(try fault(of: transport) == nil)
    }

    // MARK: Command

    @Test("a program is found by its path or by PATH, and not run")
    func command() throws {
        let folder = try TestFolder()
        let program = "\(folder.path)/program"
        try TestFile.write("#!/bin/sh\ntouch '\(folder.path)/ran'\n", to: program)
        let unfit = try #require(try fault(of: Self.command(program)))
        #expect(unfit.reason == "\(program) is no program that the daemon's user may run")
        #expect(unfit.whatToDo.contains("chmod +x"))
        chmod(program, 0o755)
        #expect(try fault(of: Self.command(program)) == nil)
        #expect(try fault(of: Self.command("sh")) == nil)
        #expect(access("\(folder.path)/ran", F_OK) != 0)
        #expect(try fault(of: Self.command(folder.path)) != nil)
    }

    @Test("a program that is missing is told, and where it was looked for")
    func noCommand() throws {
        let absent = try #require(try fault(of: Self.command("/nowhere/at/all")))
        #expect(absent.reason == "no program /nowhere/at/all there")
        let unknown = try #require(try fault(of: Self.command("no-such-program-here")))
        #expect(unknown.reason.hasPrefix("no program no-such-program-here in /"))
        #expect(unknown.whatToDo.contains("argv"))
    }

    // MARK: Support

    private func fault(of transport: any MessageTransport) throws -> ConnectionFault? {
        let faults = Recorder<ConnectionFault?>()
        transport.check { faults.append($0) }
        return try faults.wait(forCount: 1)[0]
    }

    private func answering(_ status: Int, _ body: String) throws -> ScriptedHTTPServer {
        try ScriptedHTTPServer { stage, _ in
            stage == .request ? .reply(status, body: body) : .proceed
        }
    }

    private static let options = HTTPTransportOptions(maxConnections: 1, inDoubt: .hold)

    private static func twilio(_ url: String) -> HTTPTransport {
        let settings = TwilioSettings(
            baseURL: url,
            accountSID: "AC1",
            authToken: "secret",
            callbackURL: nil
        )
        return .twilio(settings, options)
    }

    private static func kannel(_ url: String) -> HTTPTransport {
        .kannel(
            KannelSettings(baseURL: url, username: "u", password: "a secret", callbackURL: nil),
            options
        )
    }

    private static func webhook(_ url: String) -> HTTPTransport {
        let settings = WebhookSettings(url: url, secret: "secret") { Timestamp(milliseconds: 0) }
        return .webhook(settings, options)
    }

    private static func command(_ name: String) -> CommandTransport {
        CommandTransport(
            CommandSettings(argv: [name], timeout: .seconds(20)),
            maxConnections: 1,
            inDoubt: .hold
        )
    }
}
