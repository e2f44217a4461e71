import APITypes
import Campaigns
import JobQueue

/// The OpenAPI 3.1 document, made from the route table.
struct OpenAPIDocument {
    let value: JSONValue

    /// Describes every route of the daemon of this version.
    init(version: String, table: RouteTable = .all) {
        var paths: [String: JSONValue] = [:]
        for route in table.routes {
            var methods = paths[route.path.text]?.members ?? [:]
            methods[route.method.rawValue.lowercased()] = route.document
            paths[route.path.text] = .object(methods)
        }
        let schemas = Schema.requests.merging(Schema.replies) { $1 }.mapValues(\.value)
        value = [
            "openapi": "3.1.0",
            "info": [
                "title": "campaignd",
                "version": .string(version),
                "description": "Carries messaging campaigns through create, build and send.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer"],
                    "session": [
                        "type": "apiKey", "in": "cookie",
                        "name": "__Secure-next-auth.session-token",
                    ],
                ],
            ],
            // None is needed on the Unix socket, and on loopback without tokens.
            "security": [[:], ["bearer": []], ["session": []]],
        ]
    }
}

extension JSONValue {
    fileprivate var members: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }
}

extension Route {
    /// The route's operation object.
    fileprivate var document: JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(operation),
            "summary": .string(summary),
            "parameters": .array(parameters),
            "responses": .object(responses),
        ]
        if let body {
            members["requestBody"] = ["required": true, "content": Self.content(body.content)]
        }
        return .object(members)
    }

    private var parameters: [JSONValue] {
        let inPath = path.names.map { name -> JSONValue in
            ["name": .string(name), "in": "path", "required": true, "schema": schema(of: name)]
        }
        let inQuery = query.map { parameter -> JSONValue in
            [
                "name": .string(parameter.name), "in": "query", "required": false,
                "schema": parameter.schema.value, "description": .string(parameter.summary),
            ]
        }
        var inHeader: [JSONValue] = []
        if repeats != .harmless {
            inHeader.append([
                "name": "Idempotency-Key", "in": "header", "required": false,
                "schema": ["type": "string", "pattern": "^[!-~]{1,240}$"],
                "description": "The same key and request again get the first answer.",
            ])
        }
        return inPath + inQuery + inHeader
    }

    private func schema(of name: String) -> JSONValue {
        if name == "kind" { return Schema.words(CampaignStep.self).value }
        return path.text.hasPrefix("/api/jobs")
            ? Schema.integer(1...).value : Schema.objectID.value
    }

    private var responses: [String: JSONValue] {
        var responses: [String: JSONValue] = [
            "default": [
                "description": "A problem (RFC 9457).",
                "content": Self.content([(MediaType.problem, .problem)]),
            ]
        ]
        for reply in replies {
            responses["\(reply.status)"] = [
                "description": .string(reply.summary), "content": Self.content(reply.content),
            ]
        }
        return responses
    }

    private static func content(_ content: [(mediaType: String, schema: Schema)]) -> JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: content.map { ($0.mediaType, ["schema": $0.schema.value]) }
            )
        )
    }
}
