import APITypes
import ArgumentParser

/// How a wait ended.
struct WaitOutcome {
    let target: Waiter.Target
    let state: WaitBody
    /// As the daemon wrote it.
    let document: [UInt8]

    var exit: ExitStatus {
        guard state.done else { return .temporary }
        return state.ok ? .done : .notDone
    }

    /// What became of it, and what to do where it did not end well.
    var lines: [String] {
        var line = "\(target.name) \(state.done ? "is" : "is still") \(state.status)"
        if let reason = state.reason { line += " (\(DisplayText.printable(reason)))" }
        if let campaign = state.campaign {
            let counts = MessageTally(campaign.messages).text
            if !counts.isEmpty { line += ": \(counts)" }
            if campaign.deliveredToFiles { line += "; delivered to files" }
        }
        guard let next else { return [line] }
        return [line, "next: \(next)"]
    }

    /// Ends the command with the exit code, the lines having been printed.
    func throwUnlessDone() throws {
        if exit != .done { throw ExitCode(exit.rawValue) }
    }

    private var next: String? {
        switch (exit, target) {
        case (.done, _): nil
        case (.notDone, .campaign(let id)): "campaignctl campaigns show \(id)"
        case (.notDone, .job(let id)): "campaignctl jobs show \(id)"
        default: "wait again; the work goes on meanwhile"
        }
    }
}
