#!/bin/sh
# make demo: both modes at work.  A fake upstream that speaks both APIs and
# two real gateways, all on free ports of the loopback address; no key and no
# network is needed.

# shellcheck source=e2e/lib.sh
. "${0%/*}/e2e/lib.sh"

# Ask as a client would, show the question and the stream of the answer.
show()	# TITLE PATH BODY LAST-WORD-OF-THE-STREAM [CURL-ARGUMENT]...
{
	title=$1 path=$2 question=$3 last=$4
	shift 4
	printf '\n== %s\n\n$ curl -N %s%s' "$title" "$CO2_URL" "$path"
	for arg; do
		case $arg in
		-H) printf ' \\\n    -H' ;;
		*) printf " '%s'" "$arg" ;;
		esac
	done
	printf " \\\\\n    -d '%s'\n\n" "$question"
	post "$path" "$question" "$@"
	printf '%s\n' "$BODY"
	case $STATUS:$BODY in
	200:*"$last"*) ;;
	*) bail_out "the answer (status $STATUS) is not what was expected" ;;
	esac
}

start_fake
start_co2 o2c
show "o2c: an OpenAI client talks to Claude" /v1/chat/completions \
    '{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"Say hello"}]}' \
    '[DONE]' -H 'content-type: application/json'
stop_co2

start_co2 c2o
show "c2o: a Claude client talks to OpenAI" /v1/messages \
    '{"model":"claude-opus-4-6","max_tokens":256,"stream":true,"messages":[{"role":"user","content":"Say hello"}]}' \
    message_stop -H 'content-type: application/json' \
    -H 'anthropic-version: 2023-06-01'
stop_co2

printf '\nBoth modes work.  README.md says how to point a client at a real API.\n'
