import Campaigns
import Foundation
import TestSupport
import Testing

@testable import Transports

/// The same messages read by a parser of another family: mail-parser builds on Python's own package.
extension EmailParserTests {
    /// A reading, and what the parser had to say of the message.
    private struct PerlReading: Decodable {
        var reading: Reading
        var complaints: [String]
    }

    @Test(
        "subjects, names and bodies of every kind come back as they were, from Perl's MIME::Parser",
        .enabled(if: MailPerl.isThere)
    )
    func perl() throws {
        for (content, answer) in zip(Self.contents, try Self.readInPerl(Self.messages())) {
            #expect(answer.complaints == [])
            Self.check(answer.reading, of: content)
        }
    }

    @Test(
        "no value of a contact's makes a header that Perl's MIME::Parser sees",
        .enabled(if: MailPerl.isThere)
    )
    func injectionInPerl() throws {
        let messages = try Self.attempts()
        let clean = try Self.readInPerl([
            Self.message("Hi", name: "Info", text: "x", html: "<p>")
        ])
        #expect(clean[0].reading.headers.contains("list-unsubscribe"))
        for (message, answer) in zip(messages, try Self.readInPerl(messages)) {
            #expect(answer.complaints == [])
            #expect(answer.reading.subject == message.content.subject)
            #expect(answer.reading.headers == clean[0].reading.headers)
            #expect(answer.reading.to == "ada@example.com")
        }
    }

    private static func readInPerl(_ messages: [OutgoingMessage]) throws -> [PerlReading] {
        try MailPerl.ask(script, messages.map { Data(try EmailMessage.encoded($0)) })
    }

    private static let script = #"""
        use strict;
        use warnings;
        use Encode qw(decode);
        use JSON::PP;
        use MIME::Base64;
        use MIME::Parser;
        use MIME::Words qw(decode_mimewords);
        use Mail::Address;

        # Each of the encoded words in its own character set, as its header says.
        sub words {
            return join "", map { decode($_->[1] || "UTF-8", $_->[0]) } decode_mimewords($_[0]);
        }
        sub header {
            my ($head, $name) = @_;
            my $value = $head->get($name, 0) // "";
            chomp $value;
            $value =~ s/\r?\n(?=[ \t])//g;
            $value =~ s/\r$//;
            return $value;
        }
        sub body {
            my ($entity, $type) = @_;
            for my $part ($entity->parts_DFS) {
                next unless $part->effective_type eq $type;
                my $charset = $part->head->mime_attr("content-type.charset");
                my $text = decode($charset, $part->bodyhandle->as_string);
                $text =~ s/\r\n/\n/g;
                return $text;
            }
            return undef;
        }
        sub reading {
            my $parser = MIME::Parser->new;
            $parser->output_to_core(1);
            $parser->tmp_to_core(1);
            my $entity = $parser->parse_data($_[0]);
            my $head = $entity->head;
            my ($from) = Mail::Address->parse(header($head, "From"));
            my ($to) = Mail::Address->parse(header($head, "To"));
            my $name = $from->phrase;
            $name =~ s/^"(.*)"$/$1/s and $name =~ s/\\(.)/$1/g;
            my $results = $parser->results;
            return {
                complaints => [$results->errors, $results->warnings],
                reading => {
                    subject => words(header($head, "Subject")),
                    fromName => words($name), fromAddress => $from->address,
                    to => $to->address,
                    text => body($entity, "text/plain"), html => body($entity, "text/html"),
                    headers => [map { lc((split /:/)[0]) } @{$head->header}],
                    unsubscribe => header($head, "List-Unsubscribe"),
                    oneClick => header($head, "List-Unsubscribe-Post"),
                },
            };
        }

        my $input = do { local $/; <STDIN> };
        my $sources = JSON::PP->new->utf8->decode($input);
        print JSON::PP->new->utf8->encode([map { reading(decode_base64($_)) } @$sources]);
        """#
}
