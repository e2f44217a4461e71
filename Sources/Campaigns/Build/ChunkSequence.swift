import JobQueue

/// One chunk of a build and the cursor behind it.
struct BuildChunk: Sendable {
    var messages: [NewMessage]
    var findings: [BuildFinding]
    var cursor: BuildCursor
}

/// A build's chunks from its cursor on: the same inputs give the same chunks, wherever it starts.
struct ChunkSequence {
    /// Of every chunk given so far, and of those before the cursor.
    private(set) var digest: String
    private let plan: BuildPlan
    private let store: any CampaignStore
    private let templates: [CompiledTemplate]
    private let publicURL: String?
    private var channelIndex: Int
    private var merge: ContactMerge
    private var lastKey: String
    private var number: Int64
    private var findings = FindingTally()

    /// Compiles the pinned templates; they were checked when they were put, so a fault is permanent.
    init(_ plan: BuildPlan, store: any CampaignStore, publicURL: String?) throws {
        self.plan = plan
        self.store = store
        self.publicURL = publicURL
        templates = try plan.channels.map { channel in
            do {
                return try CompiledTemplate(channel)
            } catch {
                throw JobFailure(
                    .permanent,
                    "template \(channel.templateID) v\(channel.version): \(error)"
                )
            }
        }
        channelIndex = plan.channels.firstIndex { $0.channel == plan.cursor.channel } ?? 0
        merge = ContactMerge(
            plan.lists,
            channel: plan.cursor.channel,
            from: plan.cursor.positions,
            store: store
        )
        lastKey = plan.cursor.lastKey
        number = plan.cursor.number
        digest = plan.cursor.digest
    }

    /// The next chunk; nil when the build is complete.
    mutating func next() throws -> BuildChunk? {
        var messages: [NewMessage] = []
        var chain = DigestChain(digest)
        while messages.count < Self.size {
            guard let contact = try merge.next() else {
                guard messages.isEmpty else { break }
                guard advanceChannel() else { return nil }
                continue
            }
            messages.append(message(for: contact, &chain))
        }
        digest = chain.finish()
        return BuildChunk(messages: messages, findings: findings.take(), cursor: cursor)
    }

    private var cursor: BuildCursor {
        BuildCursor(
            channel: plan.channels[channelIndex].channel,
            positions: merge.positions,
            lastKey: lastKey,
            number: number,
            digest: digest
        )
    }

    /// Goes to the next channel's contacts; false after the last one.
    private mutating func advanceChannel() -> Bool {
        guard channelIndex + 1 < plan.channels.count else { return false }
        channelIndex += 1
        lastKey = ""
        merge = ContactMerge(
            plan.lists,
            channel: plan.channels[channelIndex].channel,
            from: Array(repeating: .start, count: plan.lists.count),
            store: store
        )
        return true
    }

    private mutating func message(for contact: BuildContact, _ chain: inout DigestChain)
        -> NewMessage
    {
        number += 1
        let key = contact.position.key
        defer { lastKey = key }
        if key.isEmpty {
            return excluded(contact, .noAddress, "no \(channel.addressWord)", &chain)
        }
        if key == lastKey {
            return excluded(contact, .duplicate, "the address is in the audience already", &chain)
        }
        if contact.isSuppressed {
            return excluded(contact, .suppressed, "see campaignctl suppressions", &chain)
        }
        if let fault = channel.fault(of: contact.address) {
            return excluded(contact, .invalidAddress, fault, &chain)
        }
        let template = templates[channelIndex]
        let recipient = RecipientKey(channel: channel, normalised: key)
        let variables = contact.variables(for: template)
        do {
            let content = try template.render(variables, linking: recipient, below: publicURL)
            chain.add(channel, contact.address, content)
            let parts = channel == .sms ? SMSParts(content.text) : nil
            if let parts { findings.add(parts, of: content.text) }
            return NewMessage(
                number: number,
                channel: channel,
                recipient: contact.address,
                variables: variables,
                timezone: contact.timezone,
                parts: parts?.count ?? 1,
                exclusion: nil,
                note: nil
            )
        } catch {
            findings.add(error, on: channel)
            return excluded(contact, .renderError, error.description, &chain)
        }
    }

    private func excluded(
        _ contact: BuildContact,
        _ exclusion: Exclusion,
        _ note: String,
        _ chain: inout DigestChain
    ) -> NewMessage {
        let recipient = [contact.address, contact.email, contact.phone].first { !$0.isEmpty } ?? ""
        chain.add(channel, recipient, exclusion)
        return NewMessage(
            number: number,
            channel: channel,
            recipient: recipient,
            variables: [:],
            timezone: contact.timezone,
            parts: 1,
            exclusion: exclusion,
            note: note
        )
    }

    private var channel: Channel { plan.channels[channelIndex].channel }

    /// Messages of a chunk: it decides the digest, so it never changes.
    private static let size = 500
}

extension BuildContact {
    /// What the template may print: the contact's own variables, and its addresses.
    func variables(for template: CompiledTemplate) -> [String: String] {
        var used: [String: String] = [:]
        for name in template.variables {
            if let value = variables[name] {
                used[name] = value
            } else if name == "email", !email.isEmpty {
                used[name] = email
            } else if name == "phone", !phone.isEmpty {
                used[name] = phone
            }
        }
        return used
    }
}

extension Channel {
    /// What a contact needs to be reached.
    fileprivate var addressWord: String { self == .email ? "email address" : "phone number" }

    /// What is wrong with an address; nil if nothing is.
    ///
    /// Imports refuse bad ones, but a contact may be older than the rule that it breaks.
    fileprivate func fault(of address: String) -> String? {
        do {
            if self == .email {
                _ = try EmailAddress(address)
            } else {
                _ = try PhoneNumber(address)
            }
            return nil
        } catch {
            return "the \(addressWord) \(error)"
        }
    }
}
