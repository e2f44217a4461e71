import Dispatch
import JobQueue
import TestSupport
import Testing

@Suite("Clocks and timers", .timeLimit(.minutes(10)))
struct ClockTests {
    private let queue = DispatchQueue(label: "test.timers")

    @Test("manual timers fire in order, with the clock standing at each deadline")
    func order() {
        let clock = ManualClock()
        let start = clock.now
        let fired = Recorder<String>()
        let timers = [("late", 30), ("early", 10), ("never", 31)].map { name, seconds in
            let timer = clock.makeTimer(on: queue) {
                fired.append("\(name) at \((clock.now - start).wholeMilliseconds)")
            }
            timer.arm(engine: start + .seconds(seconds), wall: nil)
            return timer
        }
        clock.advance(by: .seconds(30))
        #expect(fired.elements == ["early at 10000", "late at 30000"])
        #expect(clock.now == start + .seconds(30) && clock.wall == clock.now)
        for timer in timers { timer.cancel() }
        clock.advance(by: .seconds(60))
        #expect(fired.elements.count == 2)
    }

    @Test("a manual timer armed again by its handler fires again within one advance")
    func rearm() {
        let clock = ManualClock()
        let fired = Recorder<Timestamp>()
        let holder = Recorder<any EngineTimer>()
        let timer = clock.makeTimer(on: queue) {
            fired.append(clock.now)
            holder.elements.first?.arm(engine: clock.now + .seconds(1), wall: nil)
        }
        holder.append(timer)
        timer.arm(engine: clock.now + .seconds(1), wall: nil)
        clock.advance(by: .seconds(5))
        #expect(fired.elements.count == 5)
    }

    @Test("stepping the wall clock fires dates and leaves engine time alone")
    func wallStep() {
        let clock = ManualClock()
        let start = clock.now
        let fired = Recorder<String>()
        let delay = clock.makeTimer(on: queue) { fired.append("delay") }
        let date = clock.makeTimer(on: queue) { fired.append("date") }
        delay.arm(engine: start + .seconds(60), wall: nil)
        date.arm(engine: nil, wall: start + .seconds(60))
        clock.setWall(start + .seconds(61))
        #expect(fired.elements == ["date"] && clock.now == start)
        #expect(clock.deadlines == [start + .seconds(60)] && clock.dates.isEmpty)
    }

    @Test("a deadline already past fires at once", arguments: [true, false])
    func past(isManual: Bool) throws {
        let clock: any EngineClock = isManual ? ManualClock() : SystemClock()
        let fired = Recorder<Int>()
        let timer = clock.makeTimer(on: queue) { fired.append(1) }
        timer.arm(engine: clock.now - .seconds(1), wall: nil)
        try fired.wait(forCount: 1)
        timer.arm(engine: nil, wall: clock.wall - .seconds(1))
        try fired.wait(forCount: 2)
        timer.cancel()
    }

    @Test("the system's timers fire at or after their deadline, never before")
    func systemTimer() throws {
        let clock = SystemClock()
        let fired = Recorder<(now: Timestamp, wall: Timestamp)>()
        let timer = clock.makeTimer(on: queue) { fired.append((clock.now, clock.wall)) }
        let deadline = clock.now + .milliseconds(20)
        timer.arm(engine: deadline, wall: nil)
        #expect(try fired.wait(forCount: 1)[0].now >= deadline)
        let date = clock.wall + .milliseconds(20)
        timer.arm(engine: nil, wall: date)
        #expect(try fired.wait(forCount: 2)[1].wall >= date)
        timer.cancel()
    }
}
