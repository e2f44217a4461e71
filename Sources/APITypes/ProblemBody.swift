/// Why a request was refused or failed: RFC 9457, with the seed's `result` beside it.
package struct ProblemBody: Codable, Sendable, Equatable {
    /// What kind of problem it is: a URI reference that never changes.
    package var type: String
    package var title: String
    /// The HTTP status.
    package var status: Int
    /// One or two sentences on this occurrence, with what to do.
    package var detail: String
    /// Always `error`.
    package var result: String
    /// Every field at fault, where the request is.
    package var faults: [FaultBody]?
    /// The call that comes first, where calls came out of order.
    package var next: String?

    /// Makes a problem.
    package init(
        type: String,
        title: String,
        status: Int,
        detail: String,
        faults: [FaultBody]? = nil,
        next: String? = nil
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.result = "error"
        self.faults = faults
        self.next = next
    }
}

/// What is wrong with one field of a request.
package struct FaultBody: Codable, Sendable, Equatable {
    /// The path of the field, as in `settings.email.templateId`; empty for the document as a whole.
    package var field: String
    package var message: String
    /// The line of an NDJSON body, from 1.
    package var line: Int?

    /// Makes a fault.
    package init(field: String, message: String, line: Int? = nil) {
        self.field = field
        self.message = message
        self.line = line
    }
}
