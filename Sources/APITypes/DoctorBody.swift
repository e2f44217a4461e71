/// What an examination of the daemon and its file found.
package struct DoctorBody: Codable, Sendable, Equatable {
    package var version: String
    /// Whether a daemon answered.
    package var daemon: Bool
    package var findings: [FindingBody]

    /// Makes the result of an examination.
    package init(version: String, daemon: Bool, findings: [FindingBody]) {
        self.version = version
        self.daemon = daemon
        self.findings = findings
    }
}

/// One thing that was looked at.
package struct FindingBody: Codable, Sendable, Equatable {
    /// What was looked at: `sqlite`, `schema`, `folder`, `transport` and so on.
    package var check: String
    /// `ok`, `warning` or `fault`.
    package var level: String
    /// What was seen.
    package var detail: String
    /// The next step to take; absent where all is well.
    package var whatToDo: String?

    /// Makes a finding.
    package init(check: String, level: String, detail: String, whatToDo: String? = nil) {
        self.check = check
        self.level = level
        self.detail = detail
        self.whatToDo = whatToDo
    }

    /// All is well.
    package static func ok(_ check: String, _ detail: String) -> FindingBody {
        FindingBody(check: check, level: "ok", detail: detail)
    }

    /// It works, but not as it should, or not for long.
    package static func warning(_ check: String, _ detail: String, _ whatToDo: String)
        -> FindingBody
    {
        FindingBody(check: check, level: "warning", detail: detail, whatToDo: whatToDo)
    }

    /// Something does not work.
    package static func fault(_ check: String, _ detail: String, _ whatToDo: String) -> FindingBody
    {
        FindingBody(check: check, level: "fault", detail: detail, whatToDo: whatToDo)
    }
}

/// What a job waits for.
package struct WhyBody: Codable, Sendable, Equatable {
    package var jobId: Int64
    package var kind: String
    package var state: String
    package var campaignId: String?
    /// `nothing`, `date`, `attempt`, `pause`, `worker`, `daemon`, `probation`, `operator`, or of a
    /// campaign that is being sent `transport`, `breaker`, `throttle`, `deferred`.
    package var waitsFor: String
    /// One sentence.
    package var detail: String
    /// When it goes on by itself, where that is known.
    package var until: String?
    /// The command that moves it on, where one does.
    package var whatToDo: String?

    /// Makes an answer.
    package init(
        jobId: Int64,
        kind: String,
        state: String,
        campaignId: String?,
        waitsFor: String,
        detail: String,
        until: String?,
        whatToDo: String?
    ) {
        self.jobId = jobId
        self.kind = kind
        self.state = state
        self.campaignId = campaignId
        self.waitsFor = waitsFor
        self.detail = detail
        self.until = until
        self.whatToDo = whatToDo
    }
}
