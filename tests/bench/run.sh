#!/bin/sh
# Measure co2 beside nginx as a pass-through, and beside nothing at all:
#
#	make bench			all scenarios, some twenty minutes
#	make bench QUICK=1		a look at most of them, under a minute
#	make bench ONLY='req16 burst'	some of them
#	make bench PAIRS=messages-chat	one pair of APIs
#	make bench REPEATS=3
#	make bench GATEWAYS='other=8101:4242'
#
# A further gateway is given by name, port and process ids (comma-separated).
# It is asked in the words of messages-responses, unless it is named with a
# pair: other=8101:4242:chat-messages; it has to reach its upstream at
# 127.0.0.1, at the port UPSTREAM_PORT (20100).
#
# The repetitions of a scenario are interleaved: direct, nginx, co2, direct, ...
# The table goes to standard output, build/bench/table.txt, and with least and
# most of each number into build/bench/result.json.
#
# shellcheck disable=SC2086 # option lists are split on purpose
set -eu

BUILD=${BUILD:-build}
QUICK=${QUICK:-}
ONLY=${ONLY:-}
GATEWAYS=${GATEWAYS:-}
HERE=${0%/*}
OUT=$BUILD/bench
RAW=$OUT/raw.txt
UPSTREAM_PORT=${UPSTREAM_PORT:-20100}
TLS_PORT=$((UPSTREAM_PORT + 1))
NGINX_PORT=$((UPSTREAM_PORT + 2))
LIFE_PORT=$((UPSTREAM_PORT + 3))
SESSION=$HERE/../captures/claude-code/28-messages-stream-tools-thinking-adaptive.json
ALL_PAIRS='messages-responses messages-chat chat-messages responses-messages'
if test -n "$QUICK"; then
	REPEATS=${REPEATS:-1} PAIRS=${PAIRS:-messages-responses}
else
	REPEATS=${REPEATS:-5} PAIRS=${PAIRS:-$ALL_PAIRS}
fi

unset OPENAI_API_KEY OPENAI_BASE_URL ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN \
    ANTHROPIC_BASE_URL ANTHROPIC_VERSION CO2_CONFIG CO2_API_KEYS \
    CREDENTIALS_DIRECTORY http_proxy https_proxy all_proxy no_proxy \
    HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR

TMP=$(mktemp -d "${TMPDIR:-/tmp}/co2-bench.XXXXXX")
mkdir -p "$OUT"
: >"$RAW"
pids=

at_exit()
{
	status=$?
	trap - EXIT HUP INT TERM
	for pid in $pids; do
		kill "$pid" 2>/dev/null || continue
		wait "$pid" 2>/dev/null || :
	done
	rm -rf "$TMP"
	exit $status
}
trap at_exit EXIT
trap 'exit 130' HUP INT TERM

# ---- who takes part

# port_of PAIR: each pair has a co2 of its own.
port_of()
{
	case $1 in
	messages-responses)	echo $((UPSTREAM_PORT + 10)) ;;
	messages-chat)		echo $((UPSTREAM_PORT + 11)) ;;
	chat-messages | responses-messages) echo $((UPSTREAM_PORT + 12)) ;;
	esac
}

# write_config FILE PAIR PORT UPSTREAM-URL
write_config()
{
	mode=c2o api=responses
	case $2 in
	*-messages)	mode=o2c ;;
	*-chat)		api=chat-completions ;;
	esac
	cat >"$1" <<-end
	{
	  "server": { "port": $3, "mode": "$mode", "logLevel": "error",
	    "maxConnections": 8192, "shutdownGraceSeconds": 0 },
	  "providers": {
	    "openai": { "apiKey": "sk-bench", "baseUrl": "$4/v1" },
	    "anthropic": { "apiKey": "sk-bench", "baseUrl": "$4" }
	  },
	  "routing": { "openAIUpstreamApi": "$api", "skipInboundFields":
	    { "claudeMessages": ["context_management"] } }
	}
	end
}

await_port()	# PORT
{
	tries=100
	until curl -s -o "$TMP/null" "http://127.0.0.1:$1/"; do
		tries=$((tries - 1))
		test $tries -gt 0 || { echo "nothing at port $1" >&2; exit 1; }
		sleep 0.05
	done
}

# start COMMAND...: in the background; its number is in $started.
start()
{
	"$@" >"$TMP/log" 2>&1 &
	started=$!
	pids="$pids $started"
}

stop()	# PID
{
	kill "$1"
	wait "$1" || :
	pids=$(echo " $pids " | sed "s/ $1 / /")
}

start_upstream()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -days 2 -subj /CN=localhost -keyout "$TMP/key.pem" \
	    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
	    -out "$TMP/cert.pem" 2>"$TMP/log"
	# What the system trusts and the upstream's own beside it.
	cat /etc/ssl/certs/ca-certificates.crt "$TMP/cert.pem" >"$TMP/bundle.pem"
	start "$BUILD/bench-upstream" $UPSTREAM_PORT $TLS_PORT \
	    "$TMP/cert.pem" "$TMP/key.pem"
	await_port $UPSTREAM_PORT
}

# One worker, in the process itself, so that there is one to be measured.  A
# body stays in memory, as it does in co2.
start_nginx()
{
	mkdir -p "$TMP/nginx"
	cat >"$TMP/nginx.conf" <<-end
	daemon off;
	master_process off;
	pid $TMP/nginx/pid;
	error_log $TMP/nginx/error.log;
	worker_rlimit_nofile 20000;
	events { worker_connections 16384; }
	http {
	  access_log off;
	  client_body_temp_path $TMP/nginx/body;
	  proxy_temp_path $TMP/nginx/proxy;
	  fastcgi_temp_path $TMP/nginx/fastcgi;
	  uwsgi_temp_path $TMP/nginx/uwsgi;
	  scgi_temp_path $TMP/nginx/scgi;
	  client_max_body_size 64m;
	  client_body_buffer_size 16m;
	  keepalive_requests 1000000;
	  upstream it {
	    server 127.0.0.1:$UPSTREAM_PORT;
	    keepalive 64;
	    keepalive_requests 1000000;
	  }
	  server {
	    listen 127.0.0.1:$NGINX_PORT backlog=4096;
	    location / {
	      proxy_pass http://it;
	      proxy_http_version 1.1;
	      proxy_set_header connection "";
	      proxy_buffering off;
	      proxy_read_timeout 600s;
	    }
	  }
	}
	end
	start nginx -c "$TMP/nginx.conf" -p "$TMP/nginx"
	nginx_pid=$started
	await_port $NGINX_PORT
}

start_co2s()
{
	for pair in $PAIRS; do
		port=$(port_of $pair)
		eval "pid=\${co2_$port:-}"
		test -z "$pid" || continue
		write_config "$TMP/$port.json" $pair $port \
		    "http://127.0.0.1:$UPSTREAM_PORT"
		start "$BUILD/co2" start --config "$TMP/$port.json"
		eval "co2_$port=$started"
		await_port $port
	done
}

# ---- one measurement

# note SCENARIO PAIR TARGET: a line of key=value from standard input.
note()
{
	sed "s/^/$1 $2 $3 /" >>"$RAW"
}

model_for()	# API
{
	case $1 in messages) echo claude ;; *) echo gpt ;; esac
}

# measure SCENARIO PAIR TARGET PORT PID API OPTION...
measure()
{
	what="$1 $2 $3"
	whom="port=$4 pid=$5 api=$6 model=$(model_for ${2#*-})"
	shift 6
	"$BUILD/bench-load" $whom "$@" >"$TMP/line" || {
		echo "bench: $what failed" >&2
		exit 1
	}
	note $what <"$TMP/line"
}

# compare SCENARIO PAIR OPTION...: direct, nginx, co2 and the others.  The
# first two get the upstream's own words.
compare()
{
	scenario=$1 pair=$2
	shift 2
	port=$(port_of $pair)
	eval "pid=\$co2_$port"
	measure $scenario $pair direct $UPSTREAM_PORT '' ${pair#*-} "$@"
	measure $scenario $pair nginx $NGINX_PORT $nginx_pid ${pair#*-} "$@"
	measure $scenario $pair co2 $port $pid ${pair%-*} "$@"
	for other in $GATEWAYS; do
		where=${other#*=}
		its_pair=messages-responses
		case $where in *:*:*) its_pair=${where##*:} ;; esac
		test $its_pair = $pair || continue
		its_pid=${where#*:}
		measure $scenario $pair ${other%%=*} ${where%%:*} \
		    ${its_pid%%:*} ${pair%-*} "$@"
	done
}

wanted()	# SCENARIO
{
	test -z "$ONLY" || case " $ONLY " in *" $1 "*) ;; *) return 1 ;; esac
	test -z "$QUICK" || case $1 in s4000 | *10m) return 1 ;; esac
}

# each_pair SCENARIO PAIRS OPTION...
each_pair()
{
	wanted $1 || return 0
	name=$1 pairs=$2
	shift 2
	for p in $pairs; do
		case " $PAIRS " in *" $p "*) compare $name $p "$@" ;; esac
	done
}

# ---- scenarios that need a co2 of their own

# fresh PAIR UPSTREAM-URL: its number is in $started.
fresh()
{
	write_config "$TMP/fresh.json" $1 $LIFE_PORT "$2"
	start env ${3:+SSL_CERT_FILE="$3"} "$BUILD/co2" start \
	    --config "$TMP/fresh.json"
	await_port $LIFE_PORT
}

# Memory: what a process at rest grew by.
run_memory()	# SCENARIO STREAMS OPTION...
{
	wanted $1 || return 0
	scenario=$1 streams=$2
	shift 2
	for pair in $PAIRS; do
		fresh $pair "http://127.0.0.1:$UPSTREAM_PORT"
		measure $scenario $pair direct $UPSTREAM_PORT '' ${pair#*-} \
		    connections=$streams "$@"
		measure $scenario $pair nginx $NGINX_PORT $nginx_pid \
		    ${pair#*-} connections=$streams memory=1 "$@"
		idle=$(sed -n 's/^Rss: *\([0-9]*\).*/\1/p' \
		    /proc/$started/smaps_rollup)
		measure $scenario $pair co2 $LIFE_PORT $started ${pair%-*} \
		    connections=$streams memory=1 "$@"
		sed "s/^/idle=$idle streams=$streams /" "$TMP/line" | awk '{
			for (i = 1; i <= NF; i++) {
				split($i, kv, "=")
				v[kv[1]] = kv[2]
			}
			printf "rss_per_stream=%.1f\n",
			    (v["rss"] - v["idle"]) / v["streams"]
		}' | note $scenario $pair co2
		stop $started
	done
}

stats()	# KEY
{
	curl -s "http://127.0.0.1:$UPSTREAM_PORT/stats" |
	    tr ' ' '\n' | sed -n "s/^$1=//p"
}

run_tls()
{
	wanted tls || return 0
	fresh messages-responses "https://127.0.0.1:$TLS_PORT" \
	    "$TMP/bundle.pem"
	measure tls200 messages-responses co2 $LIFE_PORT $started messages \
	    connections=200 ramp_ms=400 events=10 interval_us=50000
	before=$(stats handshakes)
	measure tls messages-responses co2 $LIFE_PORT $started messages \
	    connections=4 seconds=2
	after=$(stats handshakes)
	answers=$(sed 's/^answers=\([0-9]*\).*/\1/' "$TMP/line")
	echo "handshakes_per_1000=$(((after - before) * 1000 / answers))" |
	    note tls messages-responses co2
	stop $started
}

run_gone()
{
	wanted gone || return 0
	for pair in $PAIRS; do
		port=$(port_of $pair)
		measure gone $pair nginx $NGINX_PORT '' ${pair#*-} \
		    gone=$UPSTREAM_PORT events=100000 interval_us=5000
		measure gone $pair co2 $port '' ${pair%-*} \
		    gone=$UPSTREAM_PORT events=100000 interval_us=5000
	done
}

run_life()
{
	wanted life || return 0
	write_config "$TMP/life.json" messages-responses $LIFE_PORT \
	    "http://127.0.0.1:$UPSTREAM_PORT"
	"$BUILD/bench-life" $LIFE_PORT "$BUILD/co2" start \
	    --config "$TMP/life.json" -- "$BUILD/bench-load" \
	    port=$LIFE_PORT api=messages model=gpt connections=20 \
	    events=100000 interval_us=20000 | note life messages-responses co2
	strip -o "$TMP/stripped" "$BUILD/co2"
	echo "binary_kb=$(($(wc -c <"$TMP/stripped") / 1024))" |
	    note life messages-responses co2
}

# ---- all of them

repeat()
{
	long=2 paced=100 many=300 burst=20000
	if test -n "$QUICK"; then
		long=1 paced=25 many=100 burst=5000
	fi
	run_life
	each_pair req1 "$PAIRS" connections=1 seconds=$long
	each_pair req16 "$PAIRS" connections=16 seconds=$long
	each_pair paced "$PAIRS" events=$paced interval_us=20000
	each_pair s100 "$PAIRS" connections=100 events=$many \
	    interval_us=10000 ramp_ms=1000
	each_pair burst "$PAIRS" connections=4 events=$burst
	run_memory s1000 1000 events=$((many / 4 + 15)) interval_us=100000 \
	    ramp_ms=1000
	each_pair s4000 messages-responses connections=4000 events=8 \
	    interval_us=1000000 ramp_ms=4000 memory=1
	each_pair session 'messages-responses messages-chat' \
	    session="$SESSION" seconds=$long
	each_pair image1m "$PAIRS" image=1000000 seconds=$long
	each_pair history1m "$PAIRS" history=1000000 seconds=$long
	each_pair image10m "$PAIRS" image=10000000 seconds=$long
	each_pair history10m messages-responses history=10000000 seconds=$long
	run_tls
	run_gone
}

for tool in nginx openssl curl strip; do
	command -v $tool >"$TMP/null" || { echo "bench: no $tool" >&2; exit 1; }
done
start_upstream
start_nginx
start_co2s
n=0
while test $n -lt $REPEATS; do
	n=$((n + 1))
	echo "bench: repetition $n of $REPEATS" >&2
	repeat
done
awk -f "$HERE/table.awk" -v json="$OUT/result.json" "$RAW" |
    tee "$OUT/table.txt"
