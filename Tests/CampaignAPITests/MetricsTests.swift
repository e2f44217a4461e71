import APITypes
import Campaigns
import CoreMetrics
import Exposition
import Testing

/// The page that Prometheus scrapes.
@Suite("metrics", .timeLimit(.minutes(10)))
struct MetricsTests {
    @Test("what is counted appears under its family, with bounds that add up")
    func registry() {
        let registry = MetricsRegistry([
            MetricFamily("sent_total", .counter, "Sent, by \"kind\"."),
            MetricFamily("took_seconds", .histogram([0.1, 1]), "How long."),
            MetricFamily("never_total", .counter, "Never counted."),
        ])
        let counter = Counter(
            label: "sent_total",
            dimensions: [("kind", #"a"b\c"#)],
            factory: registry
        )
        counter.increment(by: 2)
        Counter(label: "sent_total", dimensions: [("kind", #"a"b\c"#)], factory: registry)
            .increment()
        Counter(label: "not described", dimensions: [], factory: registry).increment()
        let timer = Timer(label: "took_seconds", dimensions: [], factory: registry)
        for milliseconds in [50, 100, 500, 1_500] { timer.recordMilliseconds(milliseconds) }
        #expect(
            registry.page.text == #"""
                # HELP campaignd_sent_total Sent, by "kind".
                # TYPE campaignd_sent_total counter
                campaignd_sent_total{kind="a\"b\\c"} 3
                # HELP campaignd_took_seconds How long.
                # TYPE campaignd_took_seconds histogram
                campaignd_took_seconds_bucket{le="0.1"} 2
                campaignd_took_seconds_bucket{le="1"} 3
                campaignd_took_seconds_bucket{le="+Inf"} 4
                campaignd_took_seconds_sum 2.15
                campaignd_took_seconds_count 4

                """#
        )
    }

    @Test("a scrape shows jobs and messages by state, and every line is well formed")
    func scrape() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        for _ in 0..<2 {
            let job = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#)
            let id = try #require(job.json["campaignId"]?.text)
            #expect(try site.call("GET", "/api/campaign/\(id)/wait").json["ok"] == true)
        }
        let answer = try site.call("GET", "/metrics")
        #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        let lines = answer.text.split(separator: "\n").map(String.init)
        for (count, channel) in [(6, "email"), (2, "sms"), (2, "voice")] {
            let labels = #"channel="\#(channel)",state="sent",detail="""#
            #expect(lines.contains("campaignd_messages{\(labels)} \(count)"))
        }
        #expect(lines.contains(#"campaignd_jobs{kind="send",state="completed"} 2"#))
        #expect(lines.contains("campaignd_messages_in_doubt 0"))
        let sample = /campaignd_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+/
        let comment =
            /# (HELP campaignd_[a-z_]+ .+|TYPE campaignd_[a-z_]+ (counter|gauge|histogram))/
        for line in lines {
            #expect(
                line.wholeMatch(of: sample) != nil || line.wholeMatch(of: comment) != nil,
                "\(line)"
            )
        }
    }

    @Test("a user may not scrape, and without a daemon there is nothing to scrape")
    func refused() throws {
        #expect(try APISite().call("GET", "/metrics", as: .user("u1")).status == 403)
        #expect(try APISite(hasDaemon: false).call("GET", "/metrics").status == 503)
    }
}
