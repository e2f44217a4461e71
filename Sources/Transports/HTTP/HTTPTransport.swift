package import Campaigns
import Dispatch
import JobQueue
import Outbound

/// Delivers by one HTTP request for each message.
package final class HTTPTransport: MessageTransport {
    package let kind: String
    package let maxConnections: Int
    package let inDoubt: InDoubtPolicy
    package let listener: (any ProviderListener)?
    let gateway: any HTTPGateway
    let caFile: String?
    private let client: HTTPClient

    init(
        _ gateway: any HTTPGateway,
        listener: (any ProviderListener)? = nil,
        _ options: HTTPTransportOptions
    ) {
        self.gateway = gateway
        self.listener = listener
        caFile = options.caFile
        kind = gateway.kind
        maxConnections = options.maxConnections
        inDoubt = options.inDoubt
        client = HTTPClient(
            HTTPClientConfiguration(
                maxConnections: options.maxConnections,
                caFile: options.caFile,
                name: "campaignd.\(gateway.kind)"
            )
        )
    }

    package func send(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        do {
            client.send(try gateway.request(for: message)) { [self] outcome in
                land(message, outcome, completion)
            }
        } catch {
            completion(.failure(error))
        }
    }

    package func register(of channel: Channel) -> (any MessageRegister)? {
        gateway.register(of: channel).map { HTTPRegister(provider: $0, client: client) }
    }

    package func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        client.shutDown(
            deadline: .now() + .milliseconds(Int(timeout.wholeMilliseconds)),
            completion: completion
        )
    }

    private func land(
        _ message: OutgoingMessage,
        _ outcome: HTTPOutcome,
        _ completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        switch outcome {
        case .answered(let reply):
            let judgement = gateway.judge(reply, about: message)
            guard judgement.meaning == .unknown else { return completion(judgement.delivery) }
            resolve(message, evidence: judgement.reply, completion)
        case .notSent(let reason):
            completion(.failure(.unavailable(reason: reason, retryAfter: nil)))
        case .unknown(let reason):
            resolve(message, evidence: reason, completion)
        case .abandoned:
            completion(.failure(.abandoned))
        }
    }

    /// Asks the provider for a message whose answer was lost, where it can be asked.
    private func resolve(
        _ message: OutgoingMessage,
        evidence: String,
        _ completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        guard let register = register(of: message.channel) else {
            return completion(.failure(.outcomeUnknown(evidence: evidence)))
        }
        register.find(message) { result in
            switch result {
            case .success(let delivery?): completion(.success(delivery))
            case .success(nil):
                let text = "\(evidence); the provider was asked and did not show it"
                completion(.failure(.outcomeUnknown(evidence: text)))
            case .failure(let error):
                let text = "\(evidence); the provider was asked and could not tell: \(error.words)"
                completion(.failure(.outcomeUnknown(evidence: text)))
            }
        }
    }
}

/// Asks a provider by one HTTP request for each message.
private struct HTTPRegister: MessageRegister {
    let provider: any ProviderRegister
    let client: HTTPClient

    func find(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery?, TransportError>) -> Void
    ) {
        client.send(provider.search(for: message)) { outcome in
            switch outcome {
            case .answered(let reply): completion(provider.find(message, in: reply))
            case .notSent(let reason), .unknown(let reason):
                completion(.failure(.unavailable(reason: reason, retryAfter: nil)))
            case .abandoned: completion(.failure(.abandoned))
            }
        }
    }
}

/// What every HTTP transport is given beside its provider's own settings.
package struct HTTPTransportOptions: Sendable {
    package var maxConnections: Int
    package var inDoubt: InDoubtPolicy
    /// A PEM file of the certificate authorities to trust; nil for the system's.
    package var caFile: String?

    /// Makes options.
    package init(
        maxConnections: Int,
        inDoubt: InDoubtPolicy,
        caFile: String? = nil
    ) {
        self.maxConnections = maxConnections
        self.inDoubt = inDoubt
        self.caFile = caFile
    }
}
