import APITypes
import ArgumentParser

/// What an action is done to.
struct ActionTarget {
    /// "job" or "message".
    var noun: String
    /// Whether each thing was named, so that a refusal is an error.
    var isByID: Bool
    var isDryRun: Bool
}

extension Session {
    /// Makes a call that acts on several things, and says what came of it.
    ///
    /// - Parameter done: what the things are afterwards, as in "3 of 4 jobs released".
    func act(_ call: Call, on target: ActionTarget, done: String) throws {
        let document = try document(call, changesNothing: target.isDryRun)
        let result = try read(ActionBody.self, from: document)
        if wantsJSON {
            try console.print(document: document)
        } else {
            try console.print(Self.sentence(result, noun: target.noun, done: done))
            noteRefusals(result, noun: target.noun)
        }
        guard target.isByID, !result.refused.isEmpty else { return }
        let isAllUnknown = result.refused.allSatisfy { $0.state == nil }
        throw ExitCode((isAllUnknown ? ExitStatus.noInput : .data).rawValue)
    }

    private static func sentence(_ result: ActionBody, noun: String, done: String) -> String {
        let matched = DisplayText.count(result.matched, noun)
        if result.dryRun {
            let verb = result.matched == 1 ? "matches" : "match"
            return "\(matched) \(verb); nothing was changed (--dry-run)"
        }
        guard result.changed != result.matched else { return "\(matched) \(done)" }
        return "\(DisplayText.count(result.changed)) of \(matched) \(done)"
    }

    private func noteRefusals(_ result: ActionBody, noun: String) {
        for refusal in result.refused.prefix(Self.shownRefusals) {
            let state = refusal.state.map { " (\($0))" } ?? ""
            console.note(
                DisplayText.printable("\(noun) \(refusal.id)\(state): \(refusal.reason)")
            )
        }
        let others = result.refused.count - Self.shownRefusals
        if others > 0 { console.note("and \(others) more; --json names them") }
    }

    /// Lines of refusals that leave the result on the screen.
    private static let shownRefusals = 20
}
