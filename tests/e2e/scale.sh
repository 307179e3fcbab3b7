#!/bin/sh
# HAProxy in front of three co2 processes, by examples/haproxy.cfg: streams,
# one process drained and one ended under load, none of the replies broken.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

: "${LOAD:=6}"		# clients at once
example=${0%/*}/../../examples/haproxy.cfg
haproxy=$(command -v haproxy || ls /usr/sbin/haproxy 2>/dev/null)
test -n "$haproxy" || skip_all "no haproxy here (Debian package haproxy)"

front=$TMP/front.sock
admin=$TMP/admin.sock
flow='{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"hi"}]}'

# ---- an upstream that takes its time, and three co2 processes

cat >"$TMP/script" <<'end'
[{"steps":[{"event":"message_start","data":{"type":"message_start","message":
    {"id":"msg_1","type":"message","role":"assistant","model":"m",
    "content":[],"stop_reason":null,"stop_sequence":null,
    "usage":{"input_tokens":1,"output_tokens":1}}}},
  {"event":"content_block_start","data":{"type":"content_block_start",
    "index":0,"content_block":{"type":"text","text":""}}},
  {"repeat":5,"steps":[{"sleep_ms":60},{"event":"content_block_delta","data":
    {"type":"content_block_delta","index":0,
    "delta":{"type":"text_delta","text":"word "}}}]},
  {"event":"content_block_stop","data":{"type":"content_block_stop","index":0}},
  {"event":"message_delta","data":{"type":"message_delta",
    "delta":{"stop_reason":"end_turn","stop_sequence":null},
    "usage":{"output_tokens":5}}},
  {"event":"message_stop","data":{"type":"message_stop"}}]}]
end
start_fake --script "$TMP/script"
ports=
pids=
for i in 1 2 3; do
	start_co2 o2c
	ports="$ports $CO2_PORT"
	pids="$pids $CO2_PID"
done
# shellcheck disable=SC2086 # one word each
set -- $ports $pids
port_a=$1 port_b=$2 port_c=$3 pid_a=$4 pid_b=$5

# The example, with our sockets in the place of its own.
sed -e "s|/run/haproxy/admin.sock|$admin|" -e "s|127.0.0.1:8000|unix@$front|" \
    -e "s|127.0.0.1:8001|127.0.0.1:$port_a|" \
    -e "s|127.0.0.1:8002|127.0.0.1:$port_b|" \
    -e "s|127.0.0.1:8003|127.0.0.1:$port_c|" "$example" >"$TMP/haproxy.cfg"
check "HAProxy accepts the example" "$haproxy" -c -f "$TMP/haproxy.cfg"
"$haproxy" -db -f "$TMP/haproxy.cfg" >"$TMP/haproxy.err" 2>&1 &
fake_pids="$fake_pids $!"	# to be stopped with the others
check "it starts" wait_until 20 test -S "$front"

# One command to HAProxy's own socket.
tell()
{
	printf '%s\n' "$*" |
	    curl -s --max-time 5 --unix-socket "$admin" telnet://haproxy
}

# shellcheck disable=SC2317 # called by wait_until
state_is()	# SERVER STATE
{
	tell show stat | awk -F , -v name="$1" -v state="$2" '
	    $1 == "co2" && $2 == name { found = index($18, state) == 1 }
	    END { exit !found }'
}

# How many requests a process has answered.
answered()	# PORT
{
	curl -s --noproxy '*' "http://127.0.0.1:$1/metrics" |
	    awk '/^co2_requests_total/ { n += $NF } END { print n + 0 }'
}

for name in a b c; do
	wait_until 30 state_is $name UP ||
	    bail_out "$name is not healthy: $(tail -n 3 "$TMP/haproxy.err")"
done

# ---- load: streams one after the other, until there is a file

client()	# NUMBER
{
	n=0
	while ! test -e "$TMP/enough"; do
		n=$((n + 1))
		status=$(curl -sN --unix-socket "$front" --max-time 60 \
		    -H 'content-type: application/json' -d "$flow" \
		    -o "$TMP/reply.$1" -w '%{http_code}' \
		    http://localhost/v1/chat/completions)
		if test "$status" = 200 &&
		    test "$(grep -c '"content":"word "' "$TMP/reply.$1")" = 5 &&
		    grep -q '^data: \[DONE\]' "$TMP/reply.$1"; then
			echo fine
		else
			echo "broken: status $status"
			tail -c 300 "$TMP/reply.$1"
		fi >>"$TMP/client.$1"
	done
}

clients=
i=0
while test $i -lt "$LOAD"; do
	i=$((i + 1))
	: >"$TMP/client.$i"
	client $i &
	clients="$clients $!"
done

# shellcheck disable=SC2317 # called by wait_until
fine()	# at least so many replies are in
{
	test "$(cat "$TMP"/client.* | grep -c '^fine')" -ge "$1"
}

check "replies come in" wait_until 60 fine $((LOAD * 3))
for port in $ports; do
	like "$(answered "$port")" '^[1-9]' "port $port has its share"
done

# ---- one is drained: its streams finish, the next go elsewhere

tell set server co2/a state drain >"$TMP/said"
check "a is drained" wait_until 20 state_is a DRAIN
stop_co2 TERM "$pid_a"
is "$CO2_EXIT" 0 "and ends with status 0 when its streams have"
like "$(cat "$TMP/co2.1.err")" 'Shutting down' "it was asked to"
unlike "$(cat "$TMP/co2.1.err")" 'grace period is over' "it was in time"
so_far=$(cat "$TMP"/client.* | grep -c '^fine')
check "the others go on" wait_until 60 fine $((so_far + LOAD * 3))

# ---- one is ended without a word to HAProxy

stop_co2 TERM "$pid_b"
is "$CO2_EXIT" 0 "b ends with status 0"
check "its health check notices" wait_until 20 state_is b DOWN
so_far=$(cat "$TMP"/client.* | grep -c '^fine')
check "c goes on alone" wait_until 60 fine $((so_far + LOAD * 2))

: >"$TMP/enough"
for pid in $clients; do
	wait "$pid"
done
total=$(cat "$TMP"/client.* | grep -c '^fine')
is "$(cat "$TMP"/client.* | grep -v '^fine')" "" "no reply was broken"
diag "$total streamed replies, $LOAD at once, two of three processes ended"

done_testing
