import APITypes
import Testing

/// What the seed's worked example needs: lists of 3, 1 and 1 contacts, and a template a channel.
struct SeedData {
    var email: String
    var sms: String
    var voice: String
    var lists: [String]

    init(_ site: APISite) throws {
        func template(_ channel: String, _ rest: String) throws -> String {
            let answer = try site.call(
                "POST",
                "/api/templates",
                #"{"name":"\#(channel) hello","channel":"\#(channel)",\#(rest)}"#
            )
            return try #require(answer.json["templateId"]?.text)
        }
        func list(_ name: String, _ channel: String, _ csv: String) throws -> String {
            let answer = try site.call(
                "POST",
                "/api/lists/import?name=\(name)&channel=\(channel)",
                csv
            )
            return try #require(answer.json["contactListId"]?.text)
        }
        email = try template(
            "email",
            #""subject":"Hello {{name}}","text":"Dear {{name}}","html":"<p>{{name}}</p>""#
        )
        sms = try template("sms", #""text":"Hi {{name}}""#)
        voice = try template("voice", #""text":"Hello {{name}}""#)
        lists = [
            try list("email-3", "email", "email,name\na@x.org,A\nb@x.org,B\nc@x.org,C\n"),
            try list("sms-1", "sms", "phone,name\n+19498671145,D\n"),
            try list("Voice-1", "voice", "phone,name\n+19498671146,E\n"),
        ]
    }

    /// The seed's create body with these ids.
    func spec(name: String = "Campaign Template", campaignID: String = "null") -> String {
        #"""
        {"campaignId": \#(campaignID), "name": "\#(name)",
         "settings": {
           "email": {"fromEmail": "info@intelsend.com", "templateId": "\#(email)", "version": 1},
           "sms": {"shortCode": "9498671145", "templateId": "\#(sms)", "version": 1},
           "voice": {"callerId": "9498671008", "templateId": "\#(voice)", "version": 1}},
         "channel": ["email", "sms", "voice"],
         "contactListId": ["\#(lists.joined(separator: #"",""#))"]}
        """#
    }

    /// The same on one line, for bulk requests.
    func line(name: String = "Campaign Template") -> String {
        spec(name: name).split(separator: "\n").joined()
    }
}
