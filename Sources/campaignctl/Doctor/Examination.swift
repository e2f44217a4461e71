import APITypes

/// Everything that a doctor looks at, from outside first, then through the daemon or the file.
struct Examination {
    let place: DaemonPlace
    let session: Session
    /// The configuration file named, if one was.
    let configuration: String?

    var body: DoctorBody {
        // The folder first: opening the file may make files in it.
        let outside =
            ConfigurationFindings(path: configuration).all
            + FolderFindings(folder: place.folder).all
        do {
            let document = try session.document(.get("api", "doctor"))
            var body = try session.read(DoctorBody.self, from: document)
            body.findings = outside + [daemon(body)] + body.findings
            return body
        } catch {
            return DoctorBody(
                version: ProductVersion.current,
                daemon: false,
                findings: outside + [Self.finding(of: error)]
            )
        }
    }

    private func daemon(_ body: DoctorBody) -> FindingBody {
        if !body.daemon {
            return .fault(
                "daemon",
                "no daemon is running: nothing is built or sent",
                "systemctl start campaignd, or campaignd --data-dir \(place.folder)"
            )
        }
        guard body.version == ProductVersion.current else {
            return .warning(
                "daemon",
                "the daemon is of version \(body.version), campaignctl of \(ProductVersion.current)",
                "install both of one version, and restart the daemon"
            )
        }
        return .ok("daemon", "running, version \(body.version)")
    }

    private static func finding(of error: any Error) -> FindingBody {
        guard let failure = error as? CommandFailure else {
            return .fault("database", "\(error)", "look at the log: journalctl -u campaignd")
        }
        let check =
            failure.exit == .unavailable || failure.exit == .temporary ? "daemon" : "database"
        return .fault(check, failure.detail, failure.next ?? advice(failure.exit))
    }

    private static func advice(_ exit: ExitStatus) -> String {
        switch exit {
        case .configuration:
            "install the version of campaignd that made this database, or a newer one"
        case .inputOutput:
            "look at df and dmesg; if the file is damaged, keep a copy and restore a backup"
        case .noPermission: "run this as the folder's owner or as root"
        default: "look at the log: journalctl -u campaignd -n 50"
        }
    }
}
