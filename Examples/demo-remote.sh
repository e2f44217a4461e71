#!/usr/bin/env bash
# Shows one daemon driving another over HTTP, with the connection cut in mid-send: the reply to the
# send is lost, and yet every message leaves once. Ends by itself, within a minute.
# Usage: Examples/demo-remote.sh BIN-FOLDER
set -euo pipefail

bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/campaignd-demo-remote.XXXXXX")
ours="$folder/ours"
theirs="$folder/theirs"
children=()

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
ours() { CAMPAIGND_DATA_DIR="$ours" "$bin/campaignctl" "$@"; }
theirs() { CAMPAIGND_DATA_DIR="$theirs" "$bin/campaignctl" "$@"; }
# The value of one string field of a JSON document on standard input.
field() { sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" | head -n 1; }
stop() { for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done; }
trap stop EXIT
# Starts a daemon and waits for its socket.
start() {
    "$bin/campaignd" --data-dir "$1" --config "$2" 2> "$1.log" &
    children+=("$!")
    for _ in $(seq 100); do
        if [ -S "$1/campaignd.sock" ]; then return; fi
        if ! kill -0 "$!" 2>/dev/null; then cat "$1.log"; exit 1; fi
        sleep 0.1
    done
    exit 1
}

say "1. The other server: a daemon that serves the campaign API on TCP, with a token"
(umask 077; echo "a-session-token-nobody-guesses" > "$folder/token")
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$folder/theirs.yaml" <<YAML
http: { listen: "127.0.0.1:$port", tokens: [ { user: "648b80839b30ddb88cdbab11", file: $folder/token } ] }
YAML
start "$theirs" "$folder/theirs.yaml"
template=$(theirs templates put --json --channel email --name Autumn \
    --subject 'An evening in {{city}}, {{name}}?' --text "$here/email.txt" | field templateId)
list=$(theirs lists import "$here/contacts.csv" --name Guests --json | field contactListId)
echo "template $template and contact list $list are there, and only there"

say "2. Between the two: a proxy that hands the first send on and cuts the line before the reply"
python3 "$here/cut-once.py" "$port" > "$folder/proxy" 2> "$folder/proxy.log" &
children+=("$!")
for _ in $(seq 100); do [ -s "$folder/proxy" ] && break; sleep 0.1; done
echo "it listens on 127.0.0.1:$(cat "$folder/proxy")"

say "3. Our daemon, with the account 'other' at that server"
cat > "$folder/ours.yaml" <<YAML
accounts:
  other:
    baseURL: "http://127.0.0.1:$(cat "$folder/proxy")"
    userId: "648b80839b30ddb88cdbab11"
    tokenFile: $folder/token
    settle: 2s
    poll: { first: 500ms, max: 5s }
    ratePerSecond: 50
YAML
start "$ours" "$folder/ours.yaml"
ours accounts list

say "4. A campaign, carried through create, build and send over there"
cat > "$folder/campaign.json" <<JSON
{"name":"An autumn evening","channel":["email"],"contactListId":["$list"],
 "settings":{"email":{"fromEmail":"Club <club@example.org>","templateId":"$template"}}}
JSON
ours enqueue "$folder/campaign.json" --account other --wait --json | field campaignId > "$folder/id"
campaign=$(cat "$folder/id")
ours campaigns show "$campaign"

say "5. The evidence: the send's reply was lost, the server's change log is the receipt"
cat "$folder/proxy.log"
job=$(ours jobs list --campaign "$campaign" --json | sed -n 's/.*"id":\([0-9]*\).*"kind":"send".*/\1/p' | head -n 1)
ours jobs show "$job"

say "6. Over there: one campaign, and each message once"
theirs campaigns list
count=$(theirs campaigns list --json | wc -l)
messages=$(find "$theirs/outbox/email/new" -type f | wc -l)
recipients=$(grep -h '^To: ' "$theirs"/outbox/email/new/* | sort -u | wc -l)
echo "$count campaign, $messages messages to $recipients recipients"
[ "$count" = 1 ] && [ "$messages" -gt 0 ] && [ "$messages" = "$recipients" ]
if grep -r -q "a-session-token-nobody-guesses" "$ours" "$ours.log" "$theirs.log"; then exit 1; fi
echo "and the token is in no file of ours"
stop
wait
trap - EXIT
rm -r "$folder"
