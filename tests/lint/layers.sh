#!/bin/sh
# Includes point one way: base <- wire <- model <- dialect <- gateway <-
# command <- main.
# A dialect knows no other dialect, and below the gateway nobody knows HTTP.
set -eu

cd "$(dirname "$0")/../.."

# shellcheck disable=SC2016 # the dollars are awk's
find src -name '*.[ch]' | LC_ALL=C sort | xargs awk '
BEGIN {
	n = split("base wire model dialect gateway command main", names)
	for (i = 1; i <= n; i++)
		rank[names[i]] = i
	http = "^(curl/.*|microhttpd\\.h)$"
}

function layer(path,	parts, n)
{
	n = split(path, parts, "/")
	return n == 1 ? "main" : parts[1]
}

# chat, messages or responses; nothing for what all dialects share.
function dialect(path)
{
	sub(/.*\//, "", path)
	return match(path, /^(chat|messages|responses)[_.]/) ? \
	    substr(path, 1, RLENGTH - 1) : ""
}

function wrong(text)
{
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad = 1
}

FNR == 1 {
	file = substr(FILENAME, length("src/") + 1)
	here = layer(file)
	if (!(here in rank))
		wrong("src/" here " is no layer of the design")
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	header = $0
	sub(/^[^<"]*[<"]/, "", header)
	sub(/[>"].*/, "", header)
	if (header ~ http && rank[here] < rank["gateway"])
		wrong("layer " here " includes <" header ">")
	if ($0 !~ /"/)
		next
	if (header ~ /\.\./)
		wrong("\"" header "\": write the path from src/ instead")
	if (header !~ /\//)	# beside the file, or in src/ for main.c
		header = here == "main" ? header : here "/" header
	there = layer(header)
	if (!(there in rank))
		wrong("\"" header "\" is in no layer of the design")
	else if (rank[there] > rank[here])
		wrong("layer " here " includes \"" header "\" of layer " there)
	if (here == "dialect" && there == "dialect" && dialect(file) != "" &&
	    dialect(header) != "" && dialect(file) != dialect(header))
		wrong("dialect " dialect(file) " includes \"" header "\"")
}

END { exit bad }
' /dev/null
