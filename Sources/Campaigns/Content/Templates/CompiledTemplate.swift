/// A template version, checked and ready to render: nothing is parsed again.
///
/// Rendering keeps no state, so any number of threads may render at once.
package struct CompiledTemplate: Sendable {
    /// The channel the template was written for.
    package let channel: Channel
    /// Every variable that any tag names; a build needs to keep no others.
    package let variables: Set<String>

    private let subject: TemplateBody?
    private let text: TemplateBody
    private let html: TemplateBody?

    /// Checks and parses the parts; throws at the first fault.
    ///
    /// An email has a subject and may have HTML beside its text; the other channels have text only.
    package init(
        channel: Channel,
        subject: String?,
        text: String,
        html: String?
    ) throws(TemplateError) {
        if channel == .email {
            guard subject != nil else { throw .subjectMissing }
        } else {
            guard subject == nil else { throw .partNotAllowed(.subject, channel: channel) }
            guard html == nil else { throw .partNotAllowed(.html, channel: channel) }
        }
        self.channel = channel
        self.subject = if let subject { try TemplateBody(subject, as: .subject) } else { nil }
        self.text = try TemplateBody(text, as: .text)
        self.html = if let html { try TemplateBody(html, as: .html) } else { nil }
        variables = [self.subject, self.text, self.html]
            .reduce(into: []) { $0.formUnion($1?.variables ?? []) }
    }

    /// Renders one message; an absent variable and an empty one are the same.
    ///
    /// A variable that is printed must not be empty; `{{#name}}…{{/name}}` asks first, and
    /// `{{^name}}…{{/name}}` stands in. Any other value is true, the word `false` included. Values
    /// are escaped in the HTML part only.
    package func render(_ variables: [String: String]) throws(RenderError) -> RenderedContent {
        let record = RenderRecord()
        let scope = TemplateScope(values: variables, record: record)
        let content = RenderedContent(
            subject: try subject?.render(scope),
            text: try text.render(scope),
            html: try html?.render(scope)
        )
        guard record.missing.isEmpty else { throw .missingVariables(record.missing.sorted()) }
        guard !content.text.isBlank else { throw .blankText }
        return content
    }
}

extension CompiledTemplate {
    /// Whether it prints the link by which a recipient opts out.
    package var printsUnsubscribeURL: Bool { variables.contains(UnsubscribeLinks.variable) }

    /// Renders a message with a link that is as long as the recipient's and opens nothing.
    package func render(
        _ variables: [String: String],
        linking recipient: RecipientKey,
        below publicURL: String?
    ) throws(RenderError) -> RenderedContent {
        guard printsUnsubscribeURL, let publicURL else { return try render(variables) }
        var variables = variables
        variables[UnsubscribeLinks.variable] = UnsubscribeLinks.sample(
            for: recipient,
            publicURL: publicURL
        )
        return try render(variables)
    }
}
