import Dispatch

extension SMTPClient {
    /// How far an opening got, and why no further.
    package struct Unopened: Error, Equatable {
        package let stage: SMTPStage
        /// The server's words, or libcurl's.
        package let reason: String
    }

    /// Opens a session of its own, up to and including AUTH, and closes it without a message.
    ///
    /// `completion` runs once, on the client's queue, with why no session could be opened.
    package func check(completion: @escaping @Sendable (Unopened?) -> Void) {
        queue.async { [self] in
            let stream = SMTPStream(configuration, queue: queue)
            stream.open { [queue] result in
                var unopened: Unopened?
                if case .failure(let fault) = result {
                    let reason = fault.reply?.description ?? fault.reason
                    unopened = Unopened(stage: fault.stage, reason: reason)
                }
                // Not before libcurl has returned from its own call.
                let (told, opened) = (unopened, Unchecked(stream))
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
