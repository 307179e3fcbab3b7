#!/bin/sh
# co2 top: one snapshot as text, and the live view in a terminal.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

top()	# [OPTION]...: sets TOP, TOP_EXIT, TOP_SAID
{
	TOP=$("$CO2" top "$@" 2>"$TMP/top.err" </dev/null)
	TOP_EXIT=$?
	TOP_SAID=$(cat "$TMP/top.err")
}

chat()	# MODEL
{
	post /v1/chat/completions "{\"model\":\"$1\",\"top_a\":1,
	    \"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}" \
	    -H 'user-agent: Some-SDK/1.2 (x)'
}

start_fake
start_co2 o2c
top --url "$CO2_URL"
is "$TOP_EXIT" 0 "a snapshot of a gateway that did nothing"
like "$TOP" '^co2 [0-9.]+  openai-to-claude  up [0-9]' "what runs"
like "$TOP" '^running 0 \(0 streams\)  requests 0 \(0 failed\)' "totals"
chat gpt-5.4
chat 'm\u001b[2J\u009b'
top --url "$CO2_URL/"
like "$TOP" '^TIME +CLIENT +FROM>TO +MODEL +STATUS +FIRST +TOTAL +TOK/S +IN +CACHED +OUT +WARNINGS$' \
    "titles"
like "$TOP" '^[0-9:]{8} Some-SDK/1.2 +chat>messages +gpt-5.4 > claude-opus-4-6 +200 +[0-9]+ms +[0-9]+ms .* field_dropped$' \
    "a line for a request"
like "$TOP" 'm\?\[2J\?' "a name cannot steer the terminal"
unlike "$TOP" "$(printf '\033')" "no escapes without a terminal"
unlike "$(cat "$CO2_LOG")" "$(printf '\033')" "nor in the log"

# ---- trouble

stop_co2
top --url "$CO2_URL"
is "$TOP_EXIT" 1 "nobody listens: status 1"
like "$TOP_SAID" "^co2 top: $CO2_URL: .*onnect" "and why"
top --url
is "$TOP_EXIT" 2 "wrong usage: status 2"
start_co2 o2c server='"apiKeys": ["sk-client-1", "sk-client-2"]'
top --url "$CO2_URL"
is "$TOP_EXIT" 1 "a key is wanted"
like "$TOP_SAID" 'set CO2_API_KEYS' "it says how to give one"
CO2_API_KEYS=sk-client-2,other
export CO2_API_KEYS
top --url "$CO2_URL"
is "$TOP_EXIT" 0 "with one"
unset CO2_API_KEYS
top --url "$FAKE_URL"
is "$TOP_EXIT" 1 "something else listens there"

# ---- in a terminal

if ! command -v script >/dev/null; then
	diag "no script(1) here: the live view was not opened in a terminal"
	done_testing
fi

# What the terminal shows is in $TMP/screen; keys go into descriptor 9.
open_terminal()
{
	rm -f "$TMP/keys"
	mkfifo "$TMP/keys"
	: >"$TMP/screen"
	script -qefc "stty cols ${1:-100} rows 12; exec $CO2 top --url $CO2_URL" \
	    /dev/null <"$TMP/keys" >"$TMP/screen" 2>&1 &
	terminal=$!
	exec 9>"$TMP/keys"
}

# shellcheck disable=SC2317 # called by wait_until
seen()	# REGEX
{
	tr -d '\r' <"$TMP/screen" | grep -Eq -e "$1"
}

start_co2 o2c
open_terminal
check "the view opens" wait_until 20 seen 'running 0'
chat gpt-5.4
check "a request appears by itself" wait_until 20 seen 'gpt-5.4 > claude'
unlike "$(cat "$TMP/screen")" 'FROM>TO' "no room for all columns"
printf q >&9
wait_until 20 gone "$terminal"
is $? 0 "q quits"
wait "$terminal"
is $? 0 "with status 0"
exec 9>&-
like "$(tail -c 40 "$TMP/screen")" "$(printf '\033')\\[\\?1049l" \
    "and gives the screen back"

start_co2 o2c
open_terminal 160
check "a wide one" wait_until 20 seen 'FROM>TO .*WARNINGS'
stop_co2
check "the gateway ends: the view says so" wait_until 20 seen 'not connected'
printf q >&9
wait_until 20 gone "$terminal"
is $? 0 "and can be quit"
wait "$terminal"
exec 9>&-

done_testing
