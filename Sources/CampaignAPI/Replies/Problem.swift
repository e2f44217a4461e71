package import APITypes
import Campaigns
import JobQueue

/// Why a request gets no other answer than this: the one place where errors meet HTTP statuses.
package struct Problem: Error, Sendable, Equatable {
    package var kind: Kind
    package var detail: String
    package var faults: [FaultBody]
    /// The call that comes first, where calls came out of order.
    package var next: String?
    /// The methods a path has, where the request's is another.
    package var allowed: [String]

    /// The kinds of problems; each has one HTTP status.
    package enum Kind: String, CaseIterable, Sendable {
        case malformed
        case unauthorised
        case forbidden
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case timedOut = "timed-out"
        case conflict
        case inProgress = "in-progress"
        case tooLarge = "too-large"
        case mediaType = "unsupported-media-type"
        case unprocessable
        case keyReused = "idempotency-key-reused"
        case headersTooLarge = "headers-too-large"
        case `internal` = "internal"
        case unavailable
        case full

        package var status: Int {
            switch self {
            case .malformed: 400
            case .unauthorised: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .timedOut: 408
            case .conflict, .inProgress: 409
            case .tooLarge: 413
            case .mediaType: 415
            case .unprocessable, .keyReused: 422
            case .headersTooLarge: 431
            case .internal: 500
            case .unavailable: 503
            case .full: 507
            }
        }

        var title: String {
            switch self {
            case .malformed: "The request is malformed"
            case .unauthorised: "A valid token is needed"
            case .forbidden: "The call is not allowed"
            case .notFound: "There is no such thing"
            case .methodNotAllowed: "The path has no such method"
            case .timedOut: "The request took too long"
            case .conflict: "The state of things does not allow it"
            case .inProgress: "The key's first request is under way"
            case .tooLarge: "The request is too large"
            case .mediaType: "The body's media type is not read here"
            case .unprocessable: "The request names something unfit"
            case .keyReused: "The idempotency key was used for another request"
            case .headersTooLarge: "The headers are too large"
            case .internal: "The daemon failed"
            case .unavailable: "The daemon cannot work now"
            case .full: "The disk is full"
            }
        }
    }

    /// Makes a problem.
    package init(
        _ kind: Kind,
        _ detail: String,
        faults: [FaultBody] = [],
        next: String? = nil,
        allowed: [String] = []
    ) {
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.next = next
        self.allowed = allowed
    }

    /// The answer that tells it.
    package var reply: APIReply {
        let body = ProblemBody(
            type: "urn:campaignd:\(kind.rawValue)",
            title: kind.title,
            status: kind.status,
            detail: detail,
            faults: faults.isEmpty ? nil : faults,
            next: next
        )
        var headers = [(name: "content-type", value: MediaType.problem)]
        switch kind {
        case .methodNotAllowed:
            headers.append((name: "allow", value: allowed.joined(separator: ", ")))
        case .unauthorised: headers.append((name: "www-authenticate", value: "Bearer"))
        case .unavailable: headers.append((name: "retry-after", value: Self.retryAfterSeconds))
        default: break
        }
        // A problem has nothing in it that JSON cannot carry.
        let bytes = (try? JSONCoding.encode(body)) ?? []
        return APIReply(status: kind.status, headers: headers, content: .bytes(bytes))
    }

    private static let retryAfterSeconds = "1"
}

extension Problem {
    /// What any error of the layers below means to the caller.
    package init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as ServiceError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as JSONSyntaxError:
            self.init(.malformed, "the body is not JSON: \(error)")
        case BodyError.tooLarge(let limit):
            self.init(.tooLarge, "the body is larger than \(limit) bytes")
        case BodyError.cutOff(let reason): self.init(.timedOut, reason)
        default: self.init(.internal, "\(error)")
        }
    }

    private init(_ error: ServiceError) {
        switch error {
        case .malformed(let faults): self.init(.malformed, faults.map { FaultBody($0) })
        case .unprocessable(let faults): self.init(.unprocessable, faults.map { FaultBody($0) })
        case .unprocessableEntries(let entries):
            self.init(.unprocessable, entries.map { FaultBody($0.fault) })
        case .keyConflict:
            self.init(
                .keyReused,
                "the key belongs to an earlier request that was written differently; "
                    + "use a new key for a new request"
            )
        case .store(let error): self.init(error)
        }
    }

    private init(_ error: StoreError) {
        let kind: Kind =
            switch error {
            case .notFound: .notFound
            case .conflict, .claimLost: .conflict
            case .full: .full
            case .unavailable: .unavailable
            case .corrupt, .schemaTooNew: .internal
            }
        self.init(kind, error.description)
    }

    /// A problem of several fields or lines.
    init(_ kind: Kind, _ faults: [FaultBody]) {
        let words = faults.prefix(1).map(\.inWords).first ?? "the request cannot be taken"
        let more = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
        self.init(kind, words + more, faults: faults)
    }
}

extension FaultBody {
    /// The fault as a problem names it.
    init(_ fault: FieldFault, line: Int? = nil) {
        self.init(field: fault.field, message: fault.message, line: line)
    }
}

extension FaultBody {
    /// The fault as a sentence, as in `line 3: spec.name: is empty`.
    fileprivate var inWords: String {
        let place = line.map { "line \($0): " } ?? ""
        return place + (field.isEmpty ? "the document \(message)" : "\(field): \(message)")
    }
}
