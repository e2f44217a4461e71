#!/usr/bin/env bash
# Shows the whole way of a campaign, from files to delivered messages, in a folder of its own.
# Usage: Examples/demo.sh BIN-FOLDER
set -euo pipefail

bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/campaignd-demo.XXXXXX")
export CAMPAIGND_DATA_DIR="$folder"
ctl="$bin/campaignctl"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '$ campaignctl %s\n' "$*"; }
# The value of one string field of a JSON document on standard input.
field() { sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" | head -n 1; }

say "1. A daemon, in the folder $folder"
"$bin/campaignd" --data-dir "$folder" 2> "$folder/campaignd.log" &
daemon=$!
trap 'kill "$daemon" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    if [ -S "$folder/campaignd.sock" ]; then break; fi
    if ! kill -0 "$daemon" 2>/dev/null; then cat "$folder/campaignd.log"; exit 1; fi
    sleep 0.1
done
cat "$folder/campaignd.log"

say "2. Templates, and a contact list from a CSV file (one of its rows is no good, and it says why)"
put() { "$ctl" templates put --json "$@" | field templateId; }
show "templates put --channel email --name Autumn --subject … --text email.txt --html email.html"
email=$(put --channel email --name "Autumn email" --subject 'An evening in {{city}}, {{name}}?' \
    --text "$here/email.txt" --html "$here/email.html")
sms=$(put --channel sms --name "Autumn SMS" --text "$here/sms.txt")
voice=$(put --channel voice --name "Autumn call" --text "$here/voice.txt")
"$ctl" templates list
show "lists import contacts.csv --name Guests"
list=$("$ctl" lists import "$here/contacts.csv" --name Guests --json | field contactListId)
"$ctl" lists list

say "3. The campaign: created, built and sent by the daemon"
sed -e "s/EMAIL_TEMPLATE/$email/; s/SMS_TEMPLATE/$sms/; s/VOICE_TEMPLATE/$voice/; s/CONTACT_LIST/$list/" \
    "$here/campaign.json" > "$folder/campaign.json"
show "enqueue campaign.json --wait"
"$ctl" enqueue "$folder/campaign.json" --wait
campaign=$("$ctl" campaigns list --json | field campaignId)

say "4. What happened, in numbers and one by one"
"$ctl" campaigns show "$campaign"
"$ctl" campaigns messages "$campaign"
"$ctl" jobs list

say "5. Where the messages lie, and one of them whole"
find "$folder/outbox" -type f | sort
echo
cat "$(find "$folder/outbox/email/new" -type f | sort | head -n 1)"

say "6. The daemon stops when it is asked to"
kill -TERM "$daemon"
wait "$daemon"
trap - EXIT
tail -n 2 "$folder/campaignd.log"

say "Everything is left in $folder"
echo "Look around:  CAMPAIGND_DATA_DIR=$folder $ctl campaigns show $campaign"
echo "Start again:  $bin/campaignd --data-dir $folder"
