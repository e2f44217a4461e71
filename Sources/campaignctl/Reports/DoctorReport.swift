import APITypes

/// The findings as an operator reads them: what is at fault first, each with its next step.
struct DoctorReport {
    let body: DoctorBody
    let showsAll: Bool

    var lines: [String] {
        let ranked = ["fault", "warning", "ok"].flatMap { level in
            body.findings.filter { $0.level == level }
        }
        let shown = ranked.filter { showsAll || $0.level != "ok" }
        return shown.flatMap(Self.lines) + [summary]
    }

    private static func lines(of finding: FindingBody) -> [String] {
        let mark = finding.level == "ok" ? "ok" : finding.level.uppercased()
        let line = "\(DisplayText.pad(mark, to: 8))\(finding.check): \(finding.detail)"
        let next = finding.whatToDo.map { ["        do: \($0)"] } ?? []
        return ([line] + next).map(DisplayText.printable)
    }

    private var summary: String {
        let faults = body.findings.count { $0.level == "fault" }
        let warnings = body.findings.count { $0.level == "warning" }
        if faults + warnings == 0 {
            return "\(DisplayText.count(Int64(body.findings.count), "check")), all well"
        }
        return "\(DisplayText.count(Int64(faults), "fault")), "
            + "\(DisplayText.count(Int64(warnings), "warning"))"
    }
}
