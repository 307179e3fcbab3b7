#!/bin/sh
# Make docs/page.png, README.md's picture of GET /, and look at the page:
#
#	BUILD=build MINUTES=60 tests/browser/picture.sh [DIRECTORY]
#
# For so many minutes four made-up clients hold conversations through co2 with
# the fake upstream, which takes its time as a model does; then Chromium loads
# the page: page.png and, in other clothes, dark.png, phone.png and plain.png
# (without JavaScript).  Every number is co2's own.  Wants chromium and
# pngquant.
#
# shellcheck source=tests/e2e/lib.sh disable=SC2119,SC2317
. "${0%/*}/../e2e/lib.sh"
# shellcheck source=tests/browser/lib.sh
. "${0%/*}/lib.sh"

minutes=${MINUTES:-60}
out=${1:-$BUILD/picture}
mkdir -p "$out"
browser_start || bail_out "no Chromium: .ci/deps browser"
command -v pngquant >/dev/null || bail_out "no pngquant (its Debian package)"

# ---- the upstream: a reply for each turn of three kinds of conversation

awk >"$TMP/script.json" 'BEGIN {
	srand(8)
	print "[{\"when\":{\"contains\":\"too many\"},\"status\":429,"
	print "\"headers\":{\"retry-after\":\"5\"},\"body\":{\"error\":"
	print "{\"type\":\"rate_limit_error\",\"message\":\"Slow down\"}}}"
	for (kind = 1; kind <= 3; kind++) {
		last = 0
		input = 3000 * kind + 2000
		for (turn = 1; turn <= 24; turn++) {
			rule(kind, turn)
			last = input
			input += int(300 + rand() * 900 * kind)
		}
	}
	print "]"
}
# About eight pieces of seven tokens a second, after some thinking.
function rule(kind, turn,	pieces)
{
	pieces = int(5 + rand() * rand() * 130)
	printf ",{\"when\":{\"contains\":\"kind %d, turn %d.\"}", kind, turn
	printf ",\"delay_ms\":%d,\"steps\":[", 180 + rand() * rand() * 2100
	data("response.created", "\"response\":{\"id\":\"resp_1\"," \
	    "\"model\":\"m\",\"status\":\"in_progress\",\"output\":[]}")
	printf ","
	data("response.output_item.added", "\"output_index\":0,\"item\":" \
	    "{\"type\":\"message\",\"id\":\"msg_1\",\"role\":" \
	    "\"assistant\",\"content\":[]}")
	printf ",{\"repeat\":%d,\"steps\":[{\"sleep_ms\":%d},", pieces,
	    90 + rand() * 60
	data("response.output_text.delta", "\"output_index\":0," \
	    "\"content_index\":0,\"item_id\":\"msg_1\",\"delta\":\"word \"")
	printf "]},"
	data("response.completed", sprintf("\"response\":{\"id\":\"resp_1\"," \
	    "\"model\":\"m\",\"status\":\"completed\",\"output\":[]," \
	    "\"usage\":{\"input_tokens\":%d,\"input_tokens_details\":" \
	    "{\"cached_tokens\":%d},\"output_tokens\":%d}}",
	    input, last - last % 128, pieces * 7))
	print "]}"
}
function data(type, rest)
{
	printf "{\"data\":{\"type\":\"%s\",%s}}", type, rest
}'
start_fake --script "$TMP/script.json"
start_co2 c2o routing='"defaultOpenAIModel": "gpt-5.4"' \
    modelMap='"claude-haiku-*": "gpt-5.4-mini"'

# ---- the clients

say_to_co2()	# AGENT MODEL TEXT MEMBERS [CURL-ARGUMENT]...
{
	agent=$1 body="{\"model\":\"$2\",\"max_tokens\":9000,\"stream\":true,$4
	    \"messages\":[{\"role\":\"user\",\"content\":\"$3\"}]}"
	shift 4
	curl -sN --noproxy '*' --max-time 120 -o /dev/null -A "$agent" "$@" \
	    -H 'content-type: application/json' -d "$body" "$CO2_URL/v1/messages"
}

client()	# AGENT MODEL KIND TURNS PAUSE REST [MEMBERS]
{
	while :; do
		turn=0
		while test "$turn" -lt "$4"; do
			turn=$((turn + 1))
			say_to_co2 "$1" "$2" "kind $3, turn $turn." "${7:-}"
			sleep $(($5 * (1 + turn % 3)))
		done
		sleep "$6"
	done
}

# One that is sent away, and one that does not wait for the end.
trouble()
{
	while :; do
		sleep 400
		say_to_co2 "$1" claude-opus-5-5 "too many" ""
		sleep 200
		say_to_co2 "$1" claude-opus-5-5 "kind 3, turn 9." "" --max-time 3
	done
}

code=claude-cli/2.1.330
clients=
begin()
{
	"$@" &
	clients="$clients $!"
}
begin client "$code" claude-opus-5-5 3 24 2 45
begin client "$code" claude-opus-5-5 2 14 4 170
begin client "$code" claude-haiku-4-5 1 3 9 75
begin client 'Anthropic/JS 1.12.0' claude-sonnet-4-6 1 8 6 150 '"top_k":40,'
begin trouble "$code"
check "$minutes minutes have passed" sleep $((minutes * 60))

# ---- the picture

shoot()	# FILE WIDTH HEIGHT [dark]
{
	file=$out/$1
	shift
	browser_shape "$@"
	browser_picture "$file"
	check "$file" pngquant --force --strip --speed 1 --output "$file" 64 "$file"
	chmod 644 "$file"
}

browse "$CO2_URL/"
page_shows '<tr class="runs">' "the page is live"
shoot page.png 1280 640
shoot dark.png 1280 640 dark
shoot phone.png 390 1400
browser Emulation.setScriptExecutionDisabled '{"value":true}'
browse "$CO2_URL/"
page_shows '>as of <' "and without JavaScript it is not"
shoot plain.png 1280 640
browser_stop
for pid in $clients; do
	kill "$pid"
done
stop_co2 TERM
done_testing
