import APITypes
import ArgumentParser

extension Session {
    /// Makes a call that acts on several things, and says what came of it.
    ///
    /// - Parameters:
    ///   - done: what the things are afterwards, as in "3 of 4 jobs released".
    ///   - isByID: whether each thing was named, so that a refusal is an error.
    func act(_ call: Call, noun: String, done: String, isByID: Bool) throws {
        let document = try document(call)
        let result = try read(ActionBody.self, from: document)
        if wantsJSON {
            try console.print(document: document)
        } else {
            try console.print(Self.sentence(result, noun: noun, done: done))
            for refusal in result.refused {
                let state = refusal.state.map { " (\($0))" } ?? ""
                console.note(
                    DisplayText.printable("\(noun) \(refusal.id)\(state): \(refusal.reason)")
                )
            }
        }
        guard isByID, !result.refused.isEmpty else { return }
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
}
