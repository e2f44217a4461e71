import APITypes
import Campaigns
import JobQueue

/// What an inspection of the file means.
struct StoreFindings {
    let inspection: StoreInspection
    let place: APIPlace
    let wall: Timestamp

    var all: [FindingBody] {
        engine + [schema, pages, log, deaths, clock]
    }

    private var engine: [FindingBody] {
        let wrong = inspection.settings.filter { $0.found != $0.wanted }
        guard !wrong.isEmpty else {
            return [.ok("sqlite", "SQLite \(inspection.engineVersion), every setting in force")]
        }
        return wrong.map { setting in
            .fault(
                "sqlite",
                "\(setting.name) is \(setting.found), not \(setting.wanted): commits may be lost",
                "restart the daemon; if it stays so, another program changes the file: find it "
                    + "with fuser \(place.databasePath)"
            )
        }
    }

    private var schema: FindingBody {
        guard let first = inspection.schemaDifferences.first else {
            return .ok("schema", "version \(inspection.schemaVersion), as the migrations make it")
        }
        let others = inspection.schemaDifferences.count - 1
        return .fault(
            "schema",
            first + (others > 0 ? ", and \(others) more differences" : ""),
            "another program has changed the database: stop the daemon and restore a backup"
        )
    }

    private var pages: FindingBody {
        switch inspection.damage {
        case nil:
            .ok("pages", "not read, for the file's size; a backup reads and checks them all")
        case .some(let faults) where faults.isEmpty: .ok("pages", "every page is sound")
        case .some(let faults):
            .fault(
                "pages",
                "the file is damaged: \(faults[0])",
                "stop the daemon, keep a copy of the file, and restore a backup; look at dmesg"
            )
        }
    }

    private var log: FindingBody {
        let bytes = FileFacts.bytes(of: place.databasePath + "-wal")
        guard inspection.framesHeldBack > 0 else {
            return .ok("log", "\(bytes) bytes, nothing held back")
        }
        return .warning(
            "log",
            "a long reader holds back \(inspection.framesHeldBack) pages of the write-ahead log, "
                + "which grows until it ends (\(bytes) bytes)",
            "end the program that reads the database: fuser \(place.databasePath)"
        )
    }

    private var deaths: FindingBody {
        guard inspection.deaths > 0 else { return .ok("deaths", "none within a day") }
        return .warning(
            "deaths",
            "the daemon died \(inspection.deaths) times within a day",
            "journalctl -u campaignd -p err, dmesg; then campaignctl jobs failed"
        )
    }

    private var clock: FindingBody {
        let ahead = (inspection.newestStart ?? wall) - wall
        guard ahead > Self.clockSlack else { return .ok("clock", "\(wall)") }
        return .fault(
            "clock",
            "the wall clock says \(wall), which is \(ahead.components.seconds) s before the daemon's "
                + "last start: dated jobs wait too long",
            "set the clock (timedatectl), and let it be kept by a time service"
        )
    }

    /// What stepping the clock by a time service may amount to.
    private static let clockSlack = Duration.seconds(60)
}
