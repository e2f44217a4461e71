package import Campaigns
import Outbound

/// How it is seen that a provider is there, without a message.
enum GatewayCheck {
    /// Where every request would be a message: a connection, TLS included, has to do.
    case connection(url: String, key: String)
    /// A request that can send nothing; `fault` says what an answer tells, nil where we are let in.
    case request(HTTPRequest, key: String, fault: @Sendable (HTTPReply) -> ConnectionFault?)
}

extension HTTPTransport {
    package func check(completion: @escaping @Sendable (ConnectionFault?) -> Void) {
        // Messages under way keep no check waiting.
        let client = HTTPClient(
            HTTPClientConfiguration(
                maxConnections: 1,
                caFile: caFile,
                name: "campaignd.\(kind).check"
            )
        )
        switch gateway.check {
        case .connection(let url, let key):
            client.connect(to: url) { completion($0.map { .unreached($0, key: key) }) }
        case .request(let request, let key, let fault):
            client.send(request) { outcome in
                switch outcome {
                case .answered(let reply): completion(fault(reply))
                case .notSent(let reason): completion(.unreached(reason, key: key))
                case .unknown(let reason):
                    completion(.unreached("no answer: \(reason)", key: key))
                case .abandoned: completion(nil)
                }
            }
        }
    }
}

extension ConnectionFault {
    /// - Parameter key: the setting that says where the other side is.
    fileprivate static func unreached(_ reason: String, key: String) -> ConnectionFault {
        ConnectionFault(
            reason,
            whatToDo: "look at its \(key), at the other side, and at what lies between"
        )
    }

    /// Of an answer that is none of the API that was asked for.
    static func unlike(_ api: String, _ reply: HTTPReply, key: String) -> ConnectionFault {
        ConnectionFault(
            "answered \(reply.summary)",
            whatToDo: "look whether its \(key) is the root of \(api), and at the other side's log"
        )
    }
}
