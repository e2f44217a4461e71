package import CoreMetrics
import Synchronization

/// Keeps what the program counts through swift-metrics, and writes it as a page.
///
/// Only families that it was made with are kept: a label that nobody described goes nowhere. The
/// number of series is bounded by what the program's own words (kinds, channels, outcomes) allow.
package final class MetricsRegistry: MetricsFactory {
    private struct Series {
        var labels: [(String, String)]
        var cell: Cell
    }

    private let families: [MetricFamily]
    private let series: Mutex<[String: [Series]]>

    /// Makes a registry; families appear on the page in this order.
    package init(_ families: [MetricFamily]) {
        self.families = families
        series = Mutex([:])
    }

    /// Everything counted so far.
    package var page: PrometheusText {
        let series = series.withLock { $0 }
        var page = PrometheusText()
        for family in families {
            let mine = (series[family.name] ?? []).map { ($0.labels, $0.cell.value) }
            if case .histogram = family.kind {
                page.add(family, histograms: mine.map { (labels: $0.0, histogram: $0.1) })
            } else {
                page.add(family, mine.map { (labels: $0.0, value: $0.1.sum) })
            }
        }
        return page
    }

    // MARK: MetricsFactory

    package func makeCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any CounterHandler {
        cell(label, dimensions)
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        cell(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(label, dimensions)
    }

    // A series lives as long as the process: what it counted must not go back.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func cell(_ label: String, _ labels: [(String, String)]) -> Cell {
        guard let family = families.first(where: { $0.name == label }) else {
            return Cell(bounds: [])
        }
        return series.withLock { series in
            if let known = series[label]?.first(where: { $0.labels.elementsEqual(labels, by: ==) })
            {
                return known.cell
            }
            var bounds: [Double] = []
            if case .histogram(let set) = family.kind { bounds = set }
            let cell = Cell(bounds: bounds)
            series[label, default: []].append(Series(labels: labels, cell: cell))
            return cell
        }
    }
}

/// One series; the lock is held for a few instructions.
private final class Cell: CounterHandler, RecorderHandler, TimerHandler {
    private let state: Mutex<Histogram>

    init(bounds: [Double]) {
        state = Mutex(Histogram(bounds: bounds))
    }

    var value: Histogram { state.withLock { $0 } }

    func increment(by amount: Int64) { add(Double(amount)) }
    func record(_ value: Int64) { add(Double(value)) }
    func record(_ value: Double) { add(value) }
    func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1_000_000_000) }
    /// A counter that goes back looks like a restart; nothing here asks for it.
    func reset() {}

    private func add(_ amount: Double) {
        state.withLock { $0.record(amount) }
    }
}
