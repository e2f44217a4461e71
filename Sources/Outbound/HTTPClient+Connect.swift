import CCurl
import Dispatch

extension HTTPClient {
    /// Opens a connection of its own to where a URL leads, TLS included, and closes it without a byte
    /// of a request.
    ///
    /// `completion` runs once, on the client's queue, with why no connection could be opened.
    package func connect(to url: String, completion: @escaping @Sendable (String?) -> Void) {
        queue.async { [configuration, queue] in
            if let refusal = HTTPRequest(method: "GET", url: url).refusal {
                return completion(refusal)
            }
            let (multi, handle) = (CurlMulti(queue: queue), CurlHandle())
            handle.lead(to: url, configuration)
            handle.set(CURLOPT_CONNECT_ONLY, 1)
            multi.add(handle.easy) { code in
                let failure = code == CURLE_OK ? nil : handle.describe(code)
                multi.remove(handle.easy)
                handle.close()
                completion(failure)
            }
        }
    }
}
