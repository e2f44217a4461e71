import Dispatch

extension SMTPClient {
    /// Opens a session of its own, up to and including AUTH, and closes it without a message.
    ///
    /// `completion` runs once, on the client's queue, with why no session could be opened.
    package func check(completion: @escaping @Sendable (String?) -> Void) {
        queue.async { [self] in
            let stream = SMTPStream(configuration, queue: queue)
            stream.open { [queue] result in
                var failure: String?
                if case .failure(let fault) = result {
                    failure = "\(fault.stage.rawValue): \(fault.reply?.description ?? fault.reason)"
                }
                // Not before libcurl has returned from its own call.
                let (told, opened) = (failure, Unchecked(stream))
                queue.async {
                    opened.value.close()
                    completion(told)
                }
            }
        }
    }
}

/// Carries a stream to the next turn of its own queue.
private struct Unchecked: @unchecked Sendable {
    // The client's queue protects it, as it does before and after.
    let value: SMTPStream

    init(_ value: SMTPStream) { self.value = value }
}
