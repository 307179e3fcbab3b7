#!/bin/sh
# What an upstream can do wrong (tests/fire/faults.c), for each pair of APIs,
# streamed and whole: what the client gets, that the upstream is left, that
# the next request works.  The table is left in log/faults.md of the build.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

FIRE=$BUILD/fire
NOTE=$TMP/note
quiet='"pingSeconds": 60'
limits='"connectTimeoutMs": 2000, "firstByteTimeoutMs": 4000,
    "idleTimeoutMs": 3000, "totalTimeoutMs": 9000, "maxRetries": 1,
    "maxEventBytes": 100000'

# co2 in front of the fake, by each of the upstream's APIs.
start_three()	# PROVIDER-MEMBERS
{
	start_co2 o2c server="$quiet" provider="$1"
	o2c=$CO2_PORT
	start_co2 c2o server="$quiet" provider="$1"
	responses=$CO2_PORT
	start_co2 c2o server="$quiet" provider="$1" \
	    routing='"openAIUpstreamApi": "chat-completions",
	    "defaultOpenAIModel": "gpt-5.4"'
	chat=$CO2_PORT
}

stop_three()
{
	for pid in $co2_pids; do
		stop_co2 TERM "$pid"
		test "$CO2_EXIT" = 0 || not_ok "co2 ends with status 0" \
		    "got $CO2_EXIT"
	done
}

ask_all()	# [--network NAME]
{
	"$FIRE" faults run --o2c "$o2c" --responses "$responses" \
	    --chat "$chat" --note "$NOTE" "$@" || bail_out "fire failed"
}

# One check for each line; to be read in the script's own shell.
count_lines()	# FILE
{
	while read -r line; do
		case $line in
		ok\ *) ok "${line#ok }" ;;
		*) not_ok "${line#not ok }" ;;
		esac
	done <"$1"
}

"$FIRE" faults script >"$TMP/script" || bail_out "no script"
start_fake --script "$TMP/script"
start_three "$limits"
ask_all
stop_three
"$FIRE" faults judge --note "$NOTE" --journal "$FAKE_LOG" >"$TMP/verdict"
count_lines "$TMP/verdict"
unlike "$(cat "$FAKE_LOG")" '"path":"/elsewhere"' "no redirect is followed"
mv "$NOTE" "$TMP/note.first"

# ---- before there is any HTTP

start_fake
stop_fake
start_three "$limits"		# nobody listens there any more
ask_all --network refused
stop_three

for how in close reset stall; do
	echo "[{\"accept\":\"$how\"}]" >"$TMP/accept"
	start_fake --script "$TMP/accept"
	FAKE_URL=https://127.0.0.1:$FAKE_PORT
	start_three "$limits"
	case $how in
	stall) ask_all --network tls-silent ;;
	*) ask_all --network tls-$how ;;
	esac
	stop_three
	stop_fake
done

start_fake --mcert
start_three "$limits"
ask_all --network bad-cert
stop_three
is "$(grep -c '"event":"request"' "$FAKE_LOG")" 0 \
    "a server with a bad certificate gets no request"

"$FIRE" faults judge --note "$NOTE" >"$TMP/verdict"
count_lines "$TMP/verdict"
cat "$TMP/note.first" >>"$NOTE"
mkdir -p "$BUILD/log"
"$FIRE" faults table --note "$NOTE" >"$BUILD/log/faults.md"
check "the table is there" test -s "$BUILD/log/faults.md"

done_testing
