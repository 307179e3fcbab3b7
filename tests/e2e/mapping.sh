#!/bin/sh
# co2-mapping(7) names what the code's tables name, and nothing else.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

lint=${0%/*}/../lint/mapping.sh
page=${0%/*}/../../man/co2-mapping.7

check "the page and the tables agree" "$lint"

# The same with a spoilt page has to fail, and to say what is wrong.
spoilt()	# SED-SCRIPT REGEX NAME
{
	sed "$1" "$page" >"$TMP/page"
	if said=$("$lint" "$TMP/page" 2>&1); then
		not_ok "$3: it is noticed"
	else
		like "$said" "$2" "$3: it is noticed"
	fi
}

spoilt 's/^\.It Li top_k$/.It Li top_q/' 'only in the code: top_k' \
    "a field less"
spoilt 's/^\.It Li top_k$/.It Li top_k , top_q/' 'only in the page: top_q' \
    "a field more"
spoilt '/^\.It Li usage_estimated/d' 'only in the code: usage_estimated' \
    "a warning code less"
spoilt '/table: chat_reply_read.c stops/d' 'missing: table chat_reply_read' \
    "a list less"

done_testing
