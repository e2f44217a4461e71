import APITypes
import Logging
import SQLiteStore
import Settings

extension StoreOptions {
    /// How the daemon opens its store: real work depends on it, so it keeps room and watches the disk.
    init(_ configuration: DaemonConfiguration, logger: Logger, signals: StopSignals) {
        self.init(
            folder: configuration.dataDir,
            version: ProductVersion.current,
            mayCreate: true,
            runsJobs: true
        )
        reservesLog = true
        space = SpaceGuard.Settings(
            minimumFree: configuration.minFreeSpace,
            onChange: { status in
                if let warning = status.warning {
                    logger.error("\(warning)")
                } else {
                    logger.notice("there is room on the disk again: \(status.inWords)")
                }
            }
        )
        onFailure = { failure in
            logger.critical("the database can be trusted no more; the daemon ends: \(failure)")
            signals.fail(failure)
        }
    }
}

extension SpaceStatus {
    /// What an operator should know; nil while there is room.
    var warning: String? {
        guard isLow else { return nil }
        return
            "the disk is full (\(inWords)): nothing new is accepted, built or sent; it goes on by "
            + "itself once there is room"
    }
}
