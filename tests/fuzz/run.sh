#!/bin/sh
# Run the fuzzing targets one after the other: tests/fuzz/run.sh BUILD
#
# FUZZ_SECONDS is the time for each (60), T=name runs those whose name has it.
# Corpora are made anew from the cases and captures; what libFuzzer finds worth
# keeping stays in BUILD/corpus, what breaks in BUILD/found.
set -u
cd "$(dirname "$0")/../.." || exit
BUILD=$1
: "${FUZZ_SECONDS:=60}" "${T:=}"

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
	esac
}

make_corpus()	# target
{
	mkdir -p "$BUILD/seeds/$1"
	n=0
	for file in $(captures "$1"); do
		n=$((n + 1))
		awk 'sub(/^ "body": /, "") { body = 1 } body' "$file" |
		    sed '$d' >"$BUILD/seeds/$1/$n"
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
}

rm -rf "$BUILD/seeds" "$BUILD/found"
mkdir -p "$BUILD/found"
failed=0
for program in "$BUILD"/fuzz/*; do
	name=${program##*/}
	case $name in
	*"$T"*) ;;
	*) continue ;;
	esac
	make_corpus "$name"
	mkdir -p "$BUILD/corpus/$name"
	echo "$name: $FUZZ_SECONDS s, $(find "$BUILD/seeds/$name" -type f |
	    wc -l) seeds"
	if ! nice "$program" -max_total_time="$FUZZ_SECONDS" -timeout=20 \
	    -rss_limit_mb=1024 -max_len=20000 -dict=tests/fuzz/json.dict \
	    -artifact_prefix="$BUILD/found/$name-" -print_final_stats=1 \
	    "$BUILD/corpus/$name" "$BUILD/seeds/$name" \
	    >"$BUILD/found/$name.log" 2>&1 </dev/null; then
		failed=1
		echo "$name: a finding"
		tail -n 40 "$BUILD/found/$name.log"
	fi
	grep -E 'stat::number_of_executed|DONE' "$BUILD/found/$name.log"
done
exit $failed
