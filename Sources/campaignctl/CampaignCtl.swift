import APITypes
import ArgumentParser

/// The command line of campaignd.
@main
struct CampaignCtl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaignctl",
        abstract: "Hands campaigns to campaignd, watches them, and puts right what went wrong.",
        discussion: """
            Speaks to the running daemon over its socket; with none running it works on the \
            daemon's file itself.

            EXAMPLES
              campaignctl enqueue spring.json --wait    carry a campaign to its end
              campaignctl status                        what runs, what waits for you
              campaignctl jobs failed                   what failed, why, what to do
              campaignctl campaigns messages ID --state unknown

            EXIT CODES (sysexits.h)
               0  done                      70  a fault of the daemon's or of campaignctl
               1  wait: ended badly         74  a file could not be read or written
              64  wrong usage               75  try again later, or timed out
              65  the request is at fault   77  not allowed
              66  no such id or file        78  wrong set-up
              69  no daemon, no database
            """,
        version: ProductVersion.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Work",
                subcommands: [EnqueueCommand.self, WaitCommand.self, TestSendCommand.self]
            ),
            CommandGroup(
                name: "Noun",
                subcommands: [
                    JobsCommand.self, CampaignsCommand.self, MessagesCommand.self,
                    TemplatesCommand.self, ListsCommand.self, SuppressionsCommand.self,
                    AccountsCommand.self,
                ]
            ),
            CommandGroup(
                name: "Daemon",
                subcommands: [
                    StatusCommand.self, DoctorCommand.self, PauseCommand.self, ResumeCommand.self,
                ]
            ),
            CommandGroup(
                name: "Upkeep",
                subcommands: [BackupCommand.self, RestoreCommand.self, CompactCommand.self]
            ),
        ]
    )
}
