import Glibc

/// What no single value can tell: how keys fit together, and what lies in the files they name.
extension ConfigurationReader {
    mutating func check() {
        checkConditions()
        checkBackoffs()
        checkBursts()
        checkQuietHours()
        setHostDefaults()
        checkTransports()
        checkGateways()
        checkAccounts()
        checkAuthorities()
        checkListeners()
        readTokens()
        readLinkKey()
        readOptOut()
        readEventsSecret()
    }

    private mutating func checkConditions() {
        for key in keys where isSet(key.path) {
            guard let condition = key.condition, isSound(condition.key),
                !condition.holds(configuration)
            else { continue }
            let text = "\(condition.key): \(condition.value)"
            report(
                .inapplicable(condition: text, source: source(of: condition.key)),
                of: key.path
            )
        }
    }

    private mutating func checkBackoffs() {
        let kinds = JobsConfiguration.kinds.map {
            ("jobs.kinds.\($0)", configuration.jobs[$0].retry)
        }
        let channels = [
            ("transports.email", configuration.transports.email.retry.backoff),
            ("transports.sms", configuration.transports.sms.retry.backoff),
            ("transports.voice", configuration.transports.voice.retry.backoff),
        ]
        for (section, retry) in [("jobs", configuration.jobs.all.retry)] + kinds + channels {
            let (first, max) = ("\(section).retry.first", "\(section).retry.max")
            guard retry.max < retry.first, isSound(first, max) else { continue }
            // Where neither is set here, the section inherits the fault of another one.
            guard let key = [max, first].first(where: isSet) else { continue }
            report(
                .conflict("retry.max (\(retry.max)) is below retry.first (\(retry.first))"),
                of: key
            )
        }
    }

    private mutating func checkBursts() {
        let transports = configuration.transports
        let channels = [
            ("email", transports.email), ("sms", transports.sms), ("voice", transports.voice),
        ]
        checkBurst(of: transports.rate, under: "transports")
        for (channel, transport) in channels {
            checkBurst(of: transport.rate, under: "transports.\(channel)")
            checkBurst(
                of: transport.perSender,
                under: "transports.\(channel)",
                section: "perSender."
            )
        }
    }

    private mutating func checkBurst(
        of rate: RateConfiguration,
        under path: String,
        section: String = ""
    ) {
        guard rate.burst != nil, rate.perSecond == nil else { return }
        report(
            .conflict("there is no \(section)ratePerSecond it could belong to"),
            of: "\(path).\(section)burst"
        )
    }

    private mutating func checkQuietHours() {
        let transports = configuration.transports
        let channels = [
            ("email", transports.email), ("sms", transports.sms), ("voice", transports.voice),
        ]
        for (channel, transport) in channels {
            let section = "transports.\(channel).quietHours"
            let (from, to, zone) = ("\(section).from", "\(section).to", "\(section).zone")
            guard [from, to, zone].contains(where: isSet), isSound(from, to, zone) else { continue }
            let hours = transport.quietHours
            let missing = [
                (from, hours.from == nil), (to, hours.to == nil), (zone, hours.zone == nil),
            ]
            .filter(\.1).map(\.0)
            if missing.count == 3 { continue }
            for key in missing {
                report(.required(because: "\(section) is set"), of: key, at: source(of: section))
            }
            guard missing.isEmpty, let name = hours.zone else { continue }
            if hours.from == hours.to {
                report(.conflict("it is the same as from: there would be no such hours"), of: to)
            }
            if !isZone(name) {
                report(
                    .conflict("this machine knows no time zone \(name) (\(Self.zones))"),
                    of: zone
                )
            }
        }
    }

    private func isZone(_ name: String) -> Bool {
        var information = stat()
        return stat("\(Self.zones)/\(name)", &information) == 0
            && information.st_mode & S_IFMT == S_IFREG
    }

    /// Where the machine's time zones lie.
    private static let zones = "/usr/share/zoneinfo"

    private mutating func setHostDefaults() {
        if isSet("dataDir") {
            configuration.dataDir = FilePath.join(folder(of: "dataDir"), configuration.dataDir)
        } else if let folder = inputs.defaultDataDir {
            configuration.dataDir = folder
        } else {
            report(.required(because: "neither XDG_STATE_HOME nor HOME is set"), of: "dataDir")
        }
        for transport in [\TransportsConfiguration.email, \.sms, \.voice] {
            let folder = configuration.transports[keyPath: transport].folder
            configuration.transports[keyPath: transport].folder = FilePath.join(
                configuration.dataDir,
                folder
            )
        }
    }

    private mutating func checkListeners() {
        guard let address = configuration.http.listen, !address.isLoopback else { return }
        if configuration.http.tokens.isEmpty, isSound("http.tokens") {
            let reason = "http.tokens is empty, and \(address) can be reached from other machines"
            report(
                .conflict("\(reason); configure tokens, or listen on 127.0.0.1"),
                of: "http.listen"
            )
        }
    }

    private mutating func readLinkKey() {
        let key = "http.linkKeyFile"
        guard isSound(key), let path = configuration.http.linkKeyFile else { return }
        configuration.http.linkKey = readSecret(path, of: key)
        if let secret = configuration.http.linkKey, secret.reveal().utf8.count < 16 {
            report(.unreadable("a key has 16 bytes at least"), of: key)
        }
    }

    private mutating func readTokens() {
        for (index, place) in (elements["http.tokens"] ?? []).enumerated() {
            let (user, file) = ("http.tokens[\(index)].user", "http.tokens[\(index)].file")
            if !isSet(user) {
                report(.required(because: "a token stands for a user"), of: user, at: place)
            }
            if !isSet(file) {
                report(.required(because: "the token is read from it"), of: file, at: place)
            } else if isSound(file),
                let token = readSecret(configuration.http.tokens[index].file, of: file)
            {
                configuration.http.tokens[index].token = token
            }
        }
    }

    private mutating func readEventsSecret() {
        let (url, secretFile) = ("events.url", "events.secretFile")
        guard isSound(url, secretFile) else { return }
        switch (configuration.events.url, configuration.events.secretFile) {
        case (nil, nil): break
        case (nil, .some):
            report(.required(because: "secretFile is set"), of: url, at: source(of: secretFile))
        case (.some, nil):
            report(.required(because: "url is set"), of: secretFile, at: source(of: url))
        case (.some, let path?):
            configuration.events.secret = readSecret(path, of: secretFile)
        }
    }

    /// Reads the file that a key names; nil, and a fault, if it holds no secret.
    mutating func readSecret(_ path: String, of key: String) -> Secret? {
        do {
            let credentials = inputs.environment["CREDENTIALS_DIRECTORY"]
            let file = try SecretFile(at: path, credentials: credentials, folder: folder(of: key))
            if let path = file.exposedPath {
                warn("every user of this machine can read \(path); run: chmod o= \(path)", of: key)
            }
            return file.secret
        } catch {
            report(.unreadable(error.cause), of: key)
            return nil
        }
    }
}

extension ConfigurationInputs {
    /// The data folder where none is set; nil if the user has no home.
    fileprivate var defaultDataDir: String? {
        if host.isRoot { return "/var/lib/campaignd" }
        // The XDG Base Directory Specification has relative paths ignored.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return FilePath.join(state, "campaignd")
        }
        return environment["HOME"].flatMap { home in
            home.isEmpty ? nil : FilePath.join(home, ".local/state/campaignd")
        }
    }
}
