# Shell library of the end-to-end tests: start the real co2 against the fake
# upstream, ask, compare, and clean up.  To be sourced by a POSIX shell:
#
#	. "${0%/*}/lib.sh"
#
#	start_fake
#	start_co2 o2c server='"maxBodyBytes": 1000'
#	post /v1/chat/completions '{"model":"gpt-5.4","messages":[...]}'
#	is "$STATUS" 200 "the request is answered"
#	like "$BODY" '"object": *"chat.completion"' "in the client's words"
#	done_testing
#
# Everything started is stopped when the script ends, however it ends.  The
# first check that fails shows the end of every log.  Checks count only in
# the script's own shell, not in ( ) or behind a pipe.
#
# shellcheck shell=sh disable=SC2034 # variables are for the scripts

set -u
umask 077		# configurations hold keys

BUILD=${BUILD:-build}
CO2=$BUILD/co2
FAKE=$BUILD/fake-upstream
TMP=$(mktemp -d "${TMPDIR:-/tmp}/co2-test.XXXXXX") || exit
KEY=sk-test-invented		# the key co2 uses towards the fake

# One to run co2 under: CO2_WRAP="valgrind -q" make check
: "${CO2_WRAP:=}"

fakes=0			# started so far, for the names of their files
co2s=0
fake_pids=
co2_pids=		# still running
checks=0
failures=0
finished=		# done_testing was reached

unset OPENAI_API_KEY OPENAI_BASE_URL ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN \
    ANTHROPIC_BASE_URL ANTHROPIC_VERSION CO2_CONFIG CO2_API_KEYS \
    CREDENTIALS_DIRECTORY XDG_CONFIG_HOME http_proxy https_proxy all_proxy no_proxy \
    HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY

# ---- waiting and stopping

threads()	# of the running co2
{
	awk '/^Threads/ { print $2 }' "/proc/$CO2_PID/status"
}

# wait_until SECONDS COMMAND...: try until it succeeds; 1 if it never does.
wait_until()
{
	tries=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		test $tries -gt 0 || return 1
		sleep 0.05
	done
}

gone()	# PID
{
	! kill -0 "$1" 2>/dev/null
}

# Stop a program of ours: ask, ask again (co2 then drops its streams), force.
put_down()	# PID
{
	for signal in TERM TERM KILL; do
		kill -$signal "$1" 2>/dev/null
		wait_until 2 gone "$1" && break
	done
	wait "$1" 2>/dev/null
}

at_exit()
{
	status=$?
	trap - EXIT HUP INT TERM
	for pid in $co2_pids $fake_pids; do
		put_down "$pid"
	done
	if test -z "$finished" && test $checks -gt 0; then
		echo "# the script ended before done_testing"
		dump_logs
	fi
	rm -rf "$TMP"
	exit $status
}
trap at_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- TAP

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

ok()	# NAME
{
	checks=$((checks + 1))
	echo "ok $checks - $1"
}

not_ok()	# NAME [DIAGNOSTIC]...
{
	checks=$((checks + 1))
	failures=$((failures + 1))
	echo "not ok $checks - $1"
	shift
	for text; do
		diag "$text"
	done
	test $failures -gt 1 || dump_logs
}

is()	# GOT WANT NAME
{
	if test "$1" = "$2"; then
		ok "$3"
	else
		not_ok "$3" "got:    $1" "wanted: $2"
	fi
}

# Some line of TEXT matches an extended regular expression.
like()	# TEXT REGEX NAME
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		ok "$3"
	else
		not_ok "$3" "got:           $1" "to be matched: $2"
	fi
}

unlike()	# TEXT REGEX NAME
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		not_ok "$3" "got:               $1" "not to be matched: $2"
	else
		ok "$3"
	fi
}

# A command succeeds; what it says is shown if it does not.
check()	# NAME COMMAND...
{
	name=$1
	shift
	if said=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "failed: $*" "$said"
	fi
}

skip_all()	# REASON
{
	finished=yes
	echo "1..0 # SKIP $1"
	exit 0
}

# The end of every log, as diagnostics.
dump_logs()
{
	for log in "$TMP"/co2.*.err "$TMP"/co2.*.out "$TMP"/fake.*.err \
	    "$TMP"/fake.*.log "$TMP"/headers "$TMP"/body; do
		test -s "$log" || continue
		diag "---- ${log##*/}"
		tail -n 60 "$log" | cut -c 1-2000 | sed 's/^/# /'
	done
}

# Stop what runs, see that it ended well, print the plan, exit.
done_testing()
{
	for pid in $co2_pids; do
		stop_co2 TERM "$pid"
		is "$CO2_EXIT" 0 "co2 ends with status 0"
	done
	reports=$(cat "$TMP"/co2.*.err "$TMP"/fake.*.err 2>/dev/null |
	    grep -E 'ERROR: [A-Za-z]*Sanitizer|WARNING: Thread|runtime error:')
	test -z "$reports" || not_ok "no sanitizer has a word" "$reports"
	finished=yes
	echo "1..$checks"
	exit $((failures > 0))
}

# ---- the fake upstream

# Sets FAKE_PORT, FAKE_URL, FAKE_PID and FAKE_LOG (what was asked of it).
# With --tls, --tls-ca or --mcert FAKE_URL is an https one.
start_fake()	# [OPTION]...
{
	fakes=$((fakes + 1))
	FAKE_LOG=$TMP/fake.$fakes.log
	"$FAKE" --port 0 --ready "$TMP/fake.$fakes.port" --log "$FAKE_LOG" "$@" \
	    >"$TMP/fake.$fakes.err" 2>&1 &
	FAKE_PID=$!
	fake_pids="$fake_pids $FAKE_PID"
	wait_until 30 test -s "$TMP/fake.$fakes.port" -o ! -e "/proc/$FAKE_PID"
	if ! test -s "$TMP/fake.$fakes.port"; then
		bail_out "the fake upstream did not start"
	fi
	read -r FAKE_PORT <"$TMP/fake.$fakes.port" || :
	FAKE_URL=http://127.0.0.1:$FAKE_PORT
	case " $* " in
	*" --tls"* | *" --mcert"*) FAKE_URL=https://127.0.0.1:$FAKE_PORT ;;
	esac
}

stop_fake()	# [PID]
{
	set -- "${1:-$FAKE_PID}"
	put_down "$1"
	fake_pids=$(without "$1" "$fake_pids")
}

# ---- co2

# Print a configuration for the fake upstream.  SECTION is server, provider
# (the one of the mode), routing or modelMap, MEMBERS is the inside of its
# JSON object: write_config c2o provider='"idleTimeoutMs": 300'.  Naming
# routing replaces the default model.
write_config()	# MODE [SECTION=MEMBERS]...
{
	case $1 in
	o2c)
		mode=openai-to-claude provider=anthropic base=$FAKE_URL
		routing='"defaultClaudeModel": "claude-opus-4-6"'
		;;
	c2o)
		mode=claude-to-openai provider=openai base=$FAKE_URL/v1
		routing='"defaultOpenAIModel": "gpt-5.4"'
		;;
	esac
	shift
	server='' more='' map=''
	for section; do
		case $section in
		server=*) server=", ${section#*=}" ;;
		provider=*) more=", ${section#*=}" ;;
		routing=*) routing=${section#*=} ;;
		modelMap=*) map=${section#*=} ;;
		esac
	done
	cat <<-end
	{
	  "server": { "mode": "$mode"$server },
	  "providers": {
	    "$provider": { "apiKey": "$KEY", "baseUrl": "$base"$more }
	  },
	  "routing": { $routing },
	  "modelMap": { $map }
	}
	end
}

# Sets CO2_PORT, CO2_URL, CO2_PID, CO2_OUT and CO2_LOG (its standard error).
# What is no SECTION=MEMBERS is handed to co2 itself.
start_co2()	# MODE [SECTION=MEMBERS]... [OPTION]...
{
	CO2_CONFIG_FILE=$TMP/co2.$((co2s + 1)).json
	write_config "$@" >"$CO2_CONFIG_FILE"
	shift
	for arg; do
		shift
		case $arg in
		server=* | provider=* | routing=* | modelMap=*) ;;
		*) set -- "$@" "$arg" ;;
		esac
	done
	start_co2_with "$CO2_CONFIG_FILE" "$@"
}

# The same with a file of one's own.
start_co2_with()	# CONFIG-FILE [OPTION]...
{
	co2s=$((co2s + 1))
	CO2_OUT=$TMP/co2.$co2s.out
	CO2_LOG=$TMP/co2.$co2s.err
	config=$1
	shift
	# shellcheck disable=SC2086 # a command and its options
	$CO2_WRAP "$CO2" start --config "$config" --port 0 "$@" >"$CO2_OUT" \
	    2>"$CO2_LOG" &
	CO2_PID=$!
	co2_pids="$co2_pids $CO2_PID"
	wait_until 30 co2_answers || bail_out "co2 did not start"
	CO2_URL=$(sed -n 's/^CO2 server started on \([^ ]*\) .*/\1/p' "$CO2_OUT")
	test -n "$CO2_URL" || bail_out "co2 did not start"
	CO2_PORT=${CO2_URL##*:}
}

# It said all it has to say, or it is gone.
co2_answers()
{
	grep -q '^Client base URL: ' "$CO2_OUT" || gone "$CO2_PID"
}

# Ask it to end and wait; the grace period is its own affair.  Sets CO2_EXIT,
# its exit status, 137 if it had to be killed.
stop_co2()	# [SIGNAL [PID]]
{
	set -- "${1:-TERM}" "${2:-$CO2_PID}"
	kill -"$1" "$2" 2>/dev/null
	wait_co2 "$2"
}

# Wait until it has ended by itself.
wait_co2()	# [PID]
{
	set -- "${1:-$CO2_PID}"
	wait_until 60 gone "$1" || kill -KILL "$1"
	wait "$1" 2>/dev/null
	CO2_EXIT=$?
	co2_pids=$(without "$1" "$co2_pids")
}

without()	# WORD LIST
{
	for word in $2; do
		test "$word" = "$1" || printf ' %s' "$word"
	done
}

bail_out()	# REASON
{
	dump_logs
	echo "Bail out! $1"
	finished=yes
	exit 1
}

# Run co2 to its end.  Sets OUT, ERR and EXIT.
run()	# ARGUMENT...
{
	timeout 60 "$CO2" "$@" >"$TMP/out" 2>"$TMP/err"
	EXIT=$?
	OUT=$(cat "$TMP/out")
	ERR=$(cat "$TMP/err")
}

# ---- asking

# curl, quiet and bounded.  Sets STATUS ("000" without an answer), BODY,
# HEADERS (no carriage returns) and CURL_EXIT; the bytes stay in $TMP/body.
ask()	# CURL-ARGUMENT...
{
	: >"$TMP/body"
	: >"$TMP/headers"
	STATUS=$(curl -sS -N --noproxy '*' --max-time 60 -o "$TMP/body" \
	    -D "$TMP/headers" -w '%{http_code}' "$@" 2>"$TMP/curl.err")
	CURL_EXIT=$?
	BODY=$(cat "$TMP/body")
	HEADERS=$(tr -d '\r' <"$TMP/headers")
}

get()	# PATH [CURL-ARGUMENT]...
{
	path=$1
	shift
	ask "$@" "$CO2_URL$path"
}

# BODY may be @file.
post()	# PATH BODY [CURL-ARGUMENT]...
{
	path=$1
	sent=$2
	shift 2
	ask -H 'content-type: application/json' --data-binary "$sent" "$@" \
	    "$CO2_URL$path"
}

# The value of a header of the last answer, empty if there is none.
header()	# NAME
{
	printf '%s\n' "$HEADERS" | awk -v name="$1" -F ': *' '
	    tolower($1) == tolower(name) { sub(/^[^:]*: */, ""); print }'
}
