import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Templates and their versions", .timeLimit(.minutes(10)))
struct TemplateTests {
    @Test("a version never changes, and a new one is put beside it")
    func versions() throws {
        let engine = try Engine()
        let id = try engine.template(.sms, "first {{name}}")
        _ = try engine.template(.sms, "second {{name}}", id: id)
        let template = try engine.service.template(id)

        #expect(template.version == 2)
        #expect(try engine.service.content(of: template, version: 1).text == "first {{name}}")
        #expect(try engine.service.content(of: template, version: 2).text == "second {{name}}")
        #expect(throws: ServiceError.self) {
            try engine.service.content(of: template, version: 3)
        }
        try engine.finish()
    }

    @Test("deleted, it takes no version and is not listed, but what it was is kept")
    func deleted() throws {
        let engine = try Engine()
        let id = try engine.template()
        let kept = try engine.template()
        try engine.service.deleteTemplate(id)

        #expect(try engine.service.template(id).deletedAt == engine.clock.now)
        #expect(
            try engine.store.templates(channel: .email, before: nil, limit: 10).map(\.id)
                == [kept.description]
        )
        let missing = ServiceError.store(.notFound("template", id.description))
        #expect(throws: missing) { try engine.template(id: id) }
        #expect(throws: missing) { try engine.service.deleteTemplate(id) }
        try engine.finish()
    }

    @Test("a version of another channel is a conflict")
    func otherChannel() throws {
        let engine = try Engine()
        let id = try engine.template(.sms)
        let text = try engine.conflict { try engine.template(.voice, id: id) }
        #expect(text.contains("is for sms"))
        try engine.finish()
    }

    @Test("one that cannot be read is refused by its part, and nothing is stored")
    func malformed() throws {
        let engine = try Engine()
        let error = #expect(throws: ServiceError.self) {
            try engine.template(.sms, "Hello {{name")
        }
        guard case .unprocessable(let faults) = error else { throw Missing(what: "faults") }
        #expect(faults.map(\.field) == ["text"])
        #expect(try engine.store.templates(channel: nil, before: nil, limit: 10).isEmpty)
        try engine.finish()
    }
}
