#!/bin/sh
# Run the fuzzing targets: tests/fuzz/run.sh BUILD
#
# FUZZ_SECONDS is the time for each (60), T=name runs those whose name has it,
# JOBS=n that many at once (one for each processor).  Corpora are made anew
# from the cases and captures; what libFuzzer finds worth keeping stays in
# BUILD/corpus, what breaks in BUILD/found.
set -u
cd "$(dirname "$0")/../.." || exit
BUILD=$1
: "${FUZZ_SECONDS:=60}" "${T:=}" "${JOBS:=$(nproc)}"
export FUZZ_SECONDS

ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0:${ASAN_OPTIONS:-}
UBSAN_OPTIONS=print_stacktrace=1:${UBSAN_OPTIONS:-}
export ASAN_OPTIONS UBSAN_OPTIONS

# Seeds of a target: files, each behind the bytes that choose (fuzz_reply()).
seeds()	# target
{
	case $1 in
	messages_request)
		find tests/cases/messages-* -name request.json ;;
	chat_request)
		find tests/cases/chat-* -name request.json ;;
	responses_request)
		find tests/cases/responses-* -name request.json ;;
	messages_reply)
		find tests/cases/*-messages -name 'reply.*' ;;
	chat_reply)
		find tests/cases/*-chat -name 'reply.*' ;;
	responses_reply)
		find tests/cases/*-responses -name 'reply.*' ;;
	sse)
		find tests/cases -name 'reply.sse' -o -name client.sse ;;
	conf)
		echo co2.config.example.json ;;
	esac
}

# What clients really sent: the last member of a capture is its body.
captures()	# target
{
	case $1 in
	*_request)
		find tests/captures -name "*-${1%_request}-*.json" ;;
	http)
		find tests/captures -name '*-*.json' -size -16 ;;
	esac
}

body_of()	# capture
{
	awk 'sub(/^ "body": /, "") { body = 1 } body' "$1" | sed '$d'
}

# A capture as it went over the wire, for each mode.
put_wire()	# capture seed
{
	body_of "$1" >"$2.body"
	awk -v length_is="$(wc -c <"$2.body")" '
	function value(line)
	{
		sub(/^[^:]*: "/, "", line)
		sub(/",?$/, "", line)
		return line
	}
	/^ "method"/ { method = value($0) }
	/^ "path"/ { printf "%s %s HTTP/1.1\r\n", method, value($0) }
	/^ "body"/ { exit }
	/^  "(host|connection|content-length|transfer-encoding)"/ { next }
	/^  "/ { name = $1; gsub(/[":]/, "", name)
		printf "%s: %s\r\n", name, value($0) }
	END { printf "Host: localhost\r\nContent-Length: %d\r\n\r\n",
		length_is }' "$1" | cat - "$2.body" >"$2.wire"
	for choice in k l; do
		{ printf '%s7' $choice; cat "$2.wire"; } >"$2.$choice"
	done
	rm "$2.body" "$2.wire"
}

# Requests of one's own: each line of http.txt is one, for printf.
put_lines()	# directory
{
	grep -v '^#' tests/fuzz/http.txt | while read -r line; do
		n=$((n + 1))
		# shellcheck disable=SC2059 # it is a format
		printf "$line" >"$1/line.$n"
	done
}

make_corpus()	# target
{
	mkdir -p "$BUILD/seeds/$1"
	n=0
	for file in $(captures "$1"); do
		n=$((n + 1))
		case $1 in
		http) put_wire "$file" "$BUILD/seeds/$1/$n" ;;
		*) body_of "$file" >"$BUILD/seeds/$1/$n" ;;
		esac
	done
	for file in $(seeds "$1"); do
		n=$((n + 1))
		case $1 in
		*_reply) for choice in '\0010' '\0020' '\0001' '\0031'; do
			{ printf "%b\007" "$choice"; cat "$file"; } \
			    >"$BUILD/seeds/$1/$n$choice"
		done ;;
		sse) { printf '\003'; cat "$file"; } >"$BUILD/seeds/$1/$n" ;;
		*) cp "$file" "$BUILD/seeds/$1/$n" ;;
		esac
	done
	test "$1" != http || put_lines "$BUILD/seeds/$1"
}

# One target; what is said of it comes out at once.
fuzz()	# program
{
	name=${1##*/}
	log=$BUILD/found/$name.log
	dict=tests/fuzz/$name.dict
	test -e "$dict" || dict=tests/fuzz/json.dict
	make_corpus "$name"
	mkdir -p "$BUILD/corpus/$name"
	nice "$1" -max_total_time="$FUZZ_SECONDS" -timeout=20 \
	    -rss_limit_mb=1024 -max_len=20000 -dict="$dict" \
	    -artifact_prefix="$BUILD/found/$name-" -print_final_stats=1 \
	    "$BUILD/corpus/$name" "$BUILD/seeds/$name" \
	    >"$log" 2>&1 </dev/null
	status=$?
	test $status -eq 0 || tail -n 40 "$log"
	echo "$name: $FUZZ_SECONDS s," \
	    "$(find "$BUILD/seeds/$name" -type f | wc -l) seeds," \
	    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs," \
	    "$(sed -n 's/.*DONE *\(cov: [0-9]*\) .*/\1/p' "$log")" \
	    "$(test $status -eq 0 || echo '- A FINDING')"
	return $status
}

# The script calls itself for one of them, so that several can run.
if test $# -eq 2; then
	fuzz "$2"
	exit
fi

rm -rf "$BUILD/seeds" "$BUILD/found"
mkdir -p "$BUILD/found"
find "$BUILD/fuzz" -type f -name "*$T*" | sort |
    xargs -P "$JOBS" -I PROGRAM tests/fuzz/run.sh "$BUILD" PROGRAM
