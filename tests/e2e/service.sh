#!/bin/sh
# As a service: what the manager is told, and the socket that it passes.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

FIRE=$BUILD/fire
chat='{"model":"gpt-5.4","messages":[{"role":"user","content":"hi"}]}'

# A manager that listens.  Sets HEARD, what it was told.
start_manager()	# SOCKET
{
	HEARD=$TMP/heard.$checks
	"$FIRE" notify "$1" "$HEARD" &
	manager=$!
	fake_pids="$fake_pids $manager"
	wait_until 5 test -e "$HEARD" || bail_out "no manager"
}

# shellcheck disable=SC2317 # called by wait_until
heard()	# REGEX N: so many lines of it
{
	test "$(grep -Ec -e "$1" "$HEARD")" -ge "$2"
}

start_fake

for socket in "$TMP/notify" "@co2-test-$$"; do
	start_manager "$socket"
	export NOTIFY_SOCKET="$socket"
	start_co2 o2c
	unset NOTIFY_SOCKET
	check "${socket%"${socket#?}"}: ready" \
	    wait_until 5 heard '^READY=1 \| STATUS=Serving on http://127' 1
	is "$(grep -c WATCHDOG "$HEARD")" 0 "nothing for a watchdog"
	kill -HUP "$CO2_PID"
	check "it reads its configuration again" wait_until 5 heard \
	    '^RELOADING=1 \| MONOTONIC_USEC=[0-9]+ \| STATUS=' 1
	check "and is ready again" wait_until 5 heard '^READY=1' 2
	# shellcheck disable=SC2016 # the dollars are awk's
	check "by the monotonic clock" awk -F '[=| ]+' '/MONOTONIC_USEC/ {
	    d = $NF - $4; exit !(d > -1000 && d < 60000000) }' "$HEARD"
	echo '{' >"$CO2_CONFIG_FILE"
	kill -HUP "$CO2_PID"
	check "also when the file is wrong" wait_until 5 heard '^READY=1' 3
	stop_co2
	check "it says that it stops, and how long that takes" wait_until 5 \
	    heard '^STOPPING=1 \| EXTEND_TIMEOUT_USEC=34000000 \| STATUS=' 1
	kill "$manager"
done

# ---- the watchdog

start_manager "$TMP/watchdog"
export NOTIFY_SOCKET="$TMP/watchdog" WATCHDOG_USEC=200000
start_co2 o2c
check "the watchdog hears of it" wait_until 10 heard '^WATCHDOG=1$' 3
stop_co2
export WATCHDOG_PID=1
: >"$HEARD"
start_co2 o2c
unset NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID
stop_co2
is "$(grep -c WATCHDOG "$HEARD")" 0 "not when it is meant for another process"
kill "$manager"

# ---- nobody listens

export NOTIFY_SOCKET="$TMP/nobody"
start_co2 o2c
get /healthz
is "$STATUS" 200 "a manager that is gone is no trouble"
stop_co2
export NOTIFY_SOCKET=nonsense
start_co2 o2c
unset NOTIFY_SOCKET
get /healthz
is "$STATUS" 200 "nor is an address that is none"
stop_co2

# ---- a socket that is passed

CO2_WRAP="$FIRE activate $TMP/port"
start_co2 o2c server='"port": 1'
is "$CO2_PORT" "$(cat "$TMP/port")" "it serves on the socket that it got"
post /v1/chat/completions "$chat"
is "$STATUS" 200 "and answers there"
stop_co2
is "$CO2_EXIT" 0 "it ends well"

CO2_WRAP=
export LISTEN_FDS=1 LISTEN_PID=1
start_co2 o2c
get /healthz
is "$STATUS" 200 "a socket for another process is left alone"
unset LISTEN_FDS LISTEN_PID
stop_co2

write_config o2c >"$TMP/config"
refuses()	# NAME REGEX ACTIVATE-OPTION...
{
	name=$1
	words=$2
	shift 2
	timeout 10 "$FIRE" activate "$TMP/port" "$@" "$CO2" start \
	    --config "$TMP/config" >"$TMP/out" 2>&1
	is "$?" 1 "$name: it does not start"
	like "$(cat "$TMP/out")" "$words" "$name: it says why"
}
refuses "two sockets" 'passed 2 sockets' -n 2
refuses "no TCP socket" 'no listening TCP socket' -d
refuses "open to all, without keys" 'server\.host.*0\.0\.0\.0 is not a loopback' -a

done_testing
