import APITypes
import Campaigns
import JobQueue
import Synchronization

/// Answers repeats of writes that make no job with the answer the first one got.
///
/// A write whose repeat would make a second thing keeps its answer in its own transaction
/// (``Call/keeping(status:_:)``). For the others, of which a repeat changes nothing more, the answer
/// is kept in a transaction behind the write. Writes that make a job keep key and job in one.
final class KeyedAnswers: Sendable {
    /// A key and whose it is.
    private struct Key: Hashable {
        var owner: String?
        var text: String
    }

    /// The keys of writes under way; only this process writes, so nobody else knows of more.
    private let underWay = Mutex<Set<Key>>([])

    /// Runs the call's route, or gives the answer that an earlier call with the same key got.
    func answer(_ call: Call, key text: String) throws -> APIReply {
        let key = Key(owner: call.caller.userID, text: text)
        guard underWay.withLock({ $0.insert(key).inserted }) else {
            throw Problem(
                .inProgress,
                "the key's first request has no answer yet; ask again shortly"
            )
        }
        defer { underWay.withLock { _ = $0.remove(key) } }
        let body = FingerprintedBody(call.request)
        var call = call
        call.request.body = try body.wrapped()
        if let kept = try call.service.keptAnswer(forKey: text, as: call.caller) {
            return try replay(kept, fingerprint: try body.fingerprint())
        }
        call.keyed = KeyedCall(key: text, fingerprint: { try body.fingerprint() })
        let reply = try call.route.handle(call)
        guard case .bytes(let bytes) = reply.content, reply.status < 300 else { return reply }
        try call.service.keepAnswer(
            KeptAnswer(
                fingerprint: try body.fingerprint(),
                jobID: nil,
                status: reply.status,
                body: String(decoding: bytes, as: UTF8.self)
            ),
            forKey: text,
            as: call.caller
        )
        return reply
    }

    private func replay(_ kept: KeptAnswer, fingerprint: String) throws -> APIReply {
        guard kept.fingerprint == fingerprint, let status = kept.status, let body = kept.body else {
            throw ServiceError.keyConflict(index: 0)
        }
        return APIReply(
            status: status,
            headers: [
                (name: "content-type", value: MediaType.json),
                (name: "idempotency-replayed", value: "true"),
            ],
            content: .bytes(Array(body.utf8))
        )
    }
}

/// The key of a call, and the fingerprint once its body is read.
struct KeyedCall: Sendable {
    let key: String
    let fingerprint: @Sendable () throws -> String
}

extension Call {
    /// Has the answer stored in the same transaction as what it tells of; nil without a key.
    ///
    /// To be called when the body is read.
    func keeping<Value, Body: Encodable & Sendable>(
        status: Int,
        _ body: @escaping @Sendable (Value) -> Body
    ) throws -> AnswerKeeping<Value>? {
        guard let keyed else { return nil }
        let fingerprint = try keyed.fingerprint()
        return AnswerKeeping(key: keyed.key, owner: caller.userID) { value in
            KeptAnswer(
                fingerprint: fingerprint,
                jobID: nil,
                status: status,
                body: String(decoding: try JSONCoding.encode(body(value)), as: UTF8.self)
            )
        }
    }
}

/// A body whose fingerprint is taken while it is read.
private final class FingerprintedBody: ByteSource {
    private let body: APIBody
    private let state: Mutex<Fingerprint>

    init(_ request: APIRequest) {
        body = request.body
        state = Mutex(Fingerprint(request))
    }

    /// The body to hand on.
    func wrapped() throws -> APIBody {
        switch body {
        case .none: return .none
        case .bytes(let bytes):
            state.withLock { state in
                if let value = try? JSONValue(parsing: bytes) {
                    state.add(value)
                } else {
                    state.add(bytes)
                }
            }
            return body
        case .stream: return .stream(self)
        }
    }

    /// Of the whole body; reads what of it was not read yet.
    func fingerprint() throws -> String {
        while try next() != nil {}
        return state.withLock { $0.text }
    }

    func next() throws -> [UInt8]? {
        guard case .stream(let source) = body, let piece = try source.next() else { return nil }
        state.withLock { $0.add(piece) }
        return piece
    }
}
