import APITypes
import Campaigns
import Testing

@testable import CampaignAPI

/// The document, and that it is true.
@Suite("the OpenAPI document", .timeLimit(.minutes(10)))
struct OpenAPITests {
    @Test("describes every route, each under a name of its own")
    func complete() throws {
        let site = try APISite()
        let document = try site.call("GET", "/openapi.json").json
        #expect(document["openapi"] == "3.1.0")
        let routes = RouteTable.all.routes
        for route in routes {
            let operation = document["paths"]?[route.path.text]?[route.method.rawValue.lowercased()]
            #expect(operation?["operationId"]?.text == route.operation)
        }
        #expect(Set(routes.map(\.operation)).count == routes.count)
    }

    @Test("every reference in it leads to a schema, and every schema is referred to")
    func references() throws {
        let site = try APISite()
        let document = try site.call("GET", "/openapi.json").json
        var found: Set<String> = []
        func visit(_ value: JSONValue) {
            switch value {
            case .object(let members):
                if let name = members["$ref"]?.text?.split(separator: "/").last {
                    found.insert(String(name))
                }
                members.values.forEach(visit)
            case .array(let elements): elements.forEach(visit)
            default: break
            }
        }
        visit(document)
        #expect(found == document["components"]?["schemas"]?.names)
    }

    @Test("what requests may carry is what their readers know")
    func requestMembers() throws {
        let site = try APISite()
        for route in RouteTable.all.routes {
            guard route.body?.handling == .document,
                let name = route.body?.content.first?.schema.value["$ref"]?.text?
                    .split(separator: "/").last,
                let schema = Schema.requests[String(name)]
            else { continue }
            let target = route.path.text.replacing("{id}", with: "1")
            let answer = try site.call(route.method.rawValue, target, #"{"no such member":1}"#)
            let fault = try #require(
                answer.faults.first { $0.hasPrefix("no such member:") },
                "\(target)"
            )
            let known = fault.split(separator: "known are ").last?.split(separator: ", ") ?? []
            let declared = schema.value["properties"]?.names ?? []
            #expect(
                Set(known.map(String.init)).subtracting(declared).isEmpty,
                "\(target): \(fault)"
            )
        }
    }

    @Test("every answer of a campaign's life conforms to its schema")
    func conformance() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        let checker = SchemaChecker()
        @discardableResult
        func check(_ method: String, _ target: String, _ body: String? = nil) throws -> JSONValue {
            let answer = try site.call(method, target, body)
            let path = String(target.prefix { $0 != "?" })
            let route = try RouteTable.all.match(method: method, path: path).route
            let reply = route.replies.first { $0.status == answer.status }
            let schema = reply?.content.first?.schema ?? .problem
            #expect(reply != nil || answer.status >= 400, "\(target): \(answer.status)")
            #expect(checker.faults(of: answer.json, schema.value) == [], "\(target)")
            return answer.json
        }
        let id = try check("POST", "/api/campaign", seed.spec())["campaignId"]?.text ?? ""
        try check("PUT", "/api/campaign/\(id)/send")
        try check("PUT", "/api/campaign/\(id)/build")
        try check("GET", "/api/campaign")
        try check("PUT", "/api/campaign/\(id)/send")
        try check("GET", "/api/campaign/\(id)/wait")
        try check("GET", "/api/campaign/\(id)")
        try check("GET", "/api/campaign/\(id)/messages")
        for channel in Channel.allCases {
            try check("GET", "/api/campaign/\(id)/preview?channel=\(channel.rawValue)")
        }
        try check("GET", "/api/campaign/\(id)/report")
        try check("POST", "/api/campaign/\(id)/test", #"{"address":"me@x.org"}"#)
        try check("PUT", "/api/campaign/\(id)/pause")
        let job = try check("POST", "/api/jobs", #"{"spec":\#(seed.spec()),"in":"1h"}"#)
        let number = job["id"]?.integer ?? 0
        try check("GET", "/api/jobs/\(number)")
        try check("GET", "/api/jobs/\(number)/wait?timeout=0")
        try check("POST", "/api/jobs/cancel", #"{"ids":[\#(number)]}"#)
        try check("POST", "/api/jobs/bulk", seed.line())
        try check("GET", "/api/jobs")
        try check("POST", "/api/jobs/discard", #"{"states":["scheduled","available"]}"#)
        try check("GET", "/api/jobs/failed")
        try check("POST", "/api/suppressions", #"{"address":"a@x.org"}"#)
        try check("POST", "/api/suppressions/import", "address\nb@x.org\nnobody\n")
        try check("DELETE", "/api/suppressions?address=b@x.org")
        for target in [
            "/api/suppressions", "/api/templates", "/api/templates/\(seed.email)", "/api/lists",
            "/api/lists/\(seed.lists[0])", "/api/status", "/healthz", "/readyz", "/nowhere",
            "/api/jobs?limit=x",
        ] where target != "/nowhere" {
            try check("GET", target)
        }
        try check("POST", "/api/messages/resolve", #"{"ids":[1],"as":"resend"}"#)
        try check("DELETE", "/api/templates/\(seed.sms)")
    }

    @Test("an unknown path is 404, a known one with another method 405 and says which")
    func unknown() throws {
        let site = try APISite()
        #expect(try site.call("GET", "/api/nothing").status == 404)
        #expect(try site.call("GET", "/api/campaign/").status == 404)
        let other = try site.call("DELETE", "/api/campaign")
        #expect(other.status == 405)
        #expect(other.header("allow") == "GET, POST")
        #expect(try site.call("POST", "/api/jobs/failed").header("allow") == "GET")
        #expect(try site.call("GET", "/api/jobs/%zz").status == 400)
    }
}

/// Checks documents against the part of JSON Schema that the document uses.
struct SchemaChecker {
    private let schemas = Schema.requests.merging(Schema.replies) { $1 }

    /// Where the value does not conform.
    func faults(of value: JSONValue, _ schema: JSONValue, at path: String = "$") -> [String] {
        if let name = schema["$ref"]?.text?.split(separator: "/").last {
            guard let target = schemas[String(name)] else { return ["\(path): no schema \(name)"] }
            return faults(of: value, target.value, at: path)
        }
        if let words = schema["enum"] {
            return words.elements.contains(value) ? [] : ["\(path): \(value) is no such word"]
        }
        if let constant = schema["const"] { return constant == value ? [] : ["\(path): constant"] }
        guard let type = schema["type"]?.text else { return [] }
        switch (type, value) {
        case ("object", .object(let members)): return faults(of: members, schema, at: path)
        case ("array", .array(let elements)):
            return elements.enumerated().flatMap { index, element in
                faults(of: element, schema["items"] ?? .null, at: "\(path)[\(index)]")
            }
        case ("string", .string), ("boolean", .bool), ("integer", .integer): return []
        default: return ["\(path): is \(value.kind), not \(type)"]
        }
    }

    private func faults(
        of members: [String: JSONValue],
        _ schema: JSONValue,
        at path: String
    ) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.elements ?? [] where members[name.text ?? ""] == nil {
            found.append("\(path): \(name) is missing")
        }
        for (name, value) in members {
            if let property = schema["properties"]?[name] {
                found += faults(of: value, property, at: "\(path).\(name)")
            } else if let other = schema["additionalProperties"], case .object = other {
                found += faults(of: value, other, at: "\(path).\(name)")
            } else if schema["additionalProperties"] == false {
                found.append("\(path).\(name): is not in the schema")
            }
        }
        return found
    }
}
