import APITypes
import Glibc
import Settings

/// What is wrong with the daemon's configuration file.
struct ConfigurationFindings {
    /// The file named; nil takes the system's, where there is one.
    let path: String?

    var all: [FindingBody] {
        guard let file = path ?? systemFile else {
            return [.ok("configuration", "no file named, and none at \(Self.systemPath)")]
        }
        do {
            let loaded = try LoadedConfiguration(
                from: ConfigurationInputs(
                    file: file,
                    environment: ["CREDENTIALS_DIRECTORY": Self.credentials],
                    host: .current()
                )
            )
            guard !loaded.warnings.isEmpty else { return [.ok("configuration", file)] }
            return loaded.warnings.map {
                .warning("configuration", "\($0)", "change the file, then campaignctl doctor")
            }
        } catch {
            return error.faults.map(finding)
        }
    }

    private func finding(_ fault: ConfigurationFinding) -> FindingBody {
        if case .unreadable = fault.problem, !fault.key.isEmpty {
            return .warning(
                "configuration",
                "\(fault)",
                "a secret that systemd hands over (LoadCredential=) is seen by root alone, while "
                    + "the daemon runs; look as root"
            )
        }
        return .fault(
            "configuration",
            "\(fault)",
            "mend the file, then systemctl restart campaignd; docs/configuration.md has every key"
        )
    }

    private var systemFile: String? {
        access(Self.systemPath, F_OK) == 0 ? Self.systemPath : nil
    }

    private static let systemPath = "/etc/campaignd/campaignd.yaml"
    /// Where systemd shows the unit's credentials (systemd.exec(5), Credentials).
    private static let credentials = "/run/credentials/campaignd.service"
}
