#!/bin/sh
# Run every test and sum up: tests/run.sh [build directory]
#
# Each test program and each tests/e2e/*.sh speaks TAP.  One line a file is
# shown, and of failed checks all that was said about them; V=1 shows
# everything.  T=name runs only the files whose name contains it, JOBS=n that
# many of them at once (one more than there are processors: some wait most of
# the time), CO2_PROPS=n that percentage of the generated inputs.  The last
# line is "N passed, N failed".
set -u

cd "$(dirname "$0")/.." || exit
BUILD=${1:-build}
export BUILD

: "${V:=}" "${T:=}" "${SAN:=}" "${JOBS:=$(($(nproc) + 1))}" "${TEST_TIMEOUT:=600}"
# Sanitizers are slow: a part of the generated inputs has to do.
: "${CO2_PROPS:=$(test -n "$SAN" && echo 10 || echo 100)}"
export V TEST_TIMEOUT CO2_PROPS

ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=99:${ASAN_OPTIONS:-}
UBSAN_OPTIONS=print_stacktrace=1:${UBSAN_OPTIONS:-}
TSAN_OPTIONS=exitcode=99:second_deadlock_stack=1:${TSAN_OPTIONS:-}
export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS

# Nothing of the user's own settings may reach a test.
unset OPENAI_API_KEY OPENAI_BASE_URL ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN \
    ANTHROPIC_BASE_URL ANTHROPIC_VERSION CO2_CONFIG CO2_API_KEYS \
    CREDENTIALS_DIRECTORY http_proxy https_proxy all_proxy no_proxy \
    HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY

logs=$BUILD/log

# Read one file's TAP, print the report to show and, as its last line, the
# two counts.  A plan that does not match and a bad end count as a failure.
judge()	# name, exit status
{
	awk -v name="$1" -v status="$2" -v loud="$V" -v logs="$logs" '
	function failure(text)
	{
		failed++
		report = report "    not ok - " text "\n"
	}
	function stderr_too(	file, n, i, line)
	{
		n = 0
		file = logs "/" name ".err"
		while ((getline line[n] < file) > 0)
			n++
		for (i = n > 60 ? n - 60 : 0; i < n; i++)
			report = report "    stderr: " line[i] "\n"
	}
	loud { print "    " $0 }
	/^(not )?ok/ { last = " after \"" $0 "\"" }
	/^ok/ { passed++; telling = 0 }
	/^not ok/ { failed++; telling = 1 }
	/^1\.\.[0-9]+/ { plans++; planned = substr($1, 4) + 0; skip = $0 }
	/^(Bail out!|# the script ended)/ { telling = 1 }
	telling { report = report "    " $0 "\n" }
	END {
		passed += 0
		ran = passed + failed
		if (status == 124)
			failure("did not end in time" last)
		else if (status != 0 && (failed == 0 || status > 1))
			failure("ended with status " status last)
		else if (plans != 1)
			failure("printed " plans + 0 " plans")
		else if (planned != ran)
			failure("planned " planned " checks, ran " ran)
		if (failed)
			stderr_too()
		note = planned == 0 && sub(/^[^#]*#/, "", skip) ? skip : ""
		printf "%-4s  %-40s %5d%s\n", failed ? "FAIL" : "ok", name,
		    passed + failed, note
		printf "%s", loud && !failed ? "" : report
		print passed, failed + 0
	}' "$logs/$1.tap" >"$logs/$1.report"
	sed '$d' "$logs/$1.report"
}

run()	# name, command...
{
	name=$1
	shift
	mkdir -p "$logs/${name%/*}"
	if test -x "$1"; then
		timeout -k 10 "$TEST_TIMEOUT" "$@" >"$logs/$name.tap" \
		    2>"$logs/$name.err" </dev/null
		judge "$name" $?
	else
		: >"$logs/$name.tap"
		echo "$1 is missing" >"$logs/$name.err"
		judge "$name" 127
	fi
}

# The script calls itself for one of them, so that several can run.
if test $# -eq 3; then
	run "$2" "$3"
	exit 0
fi

wanted()
{
	case $1 in
	*"$T"*) test -e "$2" ;;
	*) false ;;
	esac
}

rm -rf "$logs"
mkdir -p "$logs"

# A line of name and program for each; what takes longest comes first.
{
	# Sanitizers keep what was freed: the memory cannot stay level.
	if test -z "$SAN" && wanted soak tests/soak; then
		echo soak tests/soak/run.sh
	fi
	for script in tests/e2e/*.sh; do
		name=e2e/$(basename "$script" .sh)
		test "$name" != e2e/lib || continue
		! wanted "$name" "$script" || echo "$name $script"
	done
	if wanted cases tests/driver; then
		echo "cases $BUILD/cases"
	fi
	# Counting work needs code that is compiled for it; sanitizers have
	# their own.
	if test -z "$SAN" && wanted work tests/work; then
		echo "work $BUILD/work"
	fi
	for source in tests/unit/test_*.c; do
		name=unit/$(basename "$source" .c)
		! wanted "$name" "$source" || echo "$name $BUILD/$name"
	done
} | xargs -P "$JOBS" -L 1 tests/run.sh "$BUILD"

find "$logs" -name '*.report' -exec tail -n 1 {} \; | awk '
	{ passed += $1; failed += $2 }
	END {
		printf "%d passed, %d failed\n", passed, failed
		exit failed > 0 || passed == 0
	}'
