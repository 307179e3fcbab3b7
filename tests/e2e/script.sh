#!/bin/sh
# What the fake upstream plays, when the script is replaced while it runs.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

# All of one size and one time, as scripts are that follow each other fast.
play()	# WORD
{
	printf '[{"strict":false,"body":"%s"}]' "$1" >"$TMP/script.new"
	touch -d '2026-01-01 00:00:00' "$TMP/script.new"
	mv "$TMP/script.new" "$TMP/script"
}

play one
start_fake --script "$TMP/script"
for word in one two six; do
	play "$word"
	ask --data-binary '{}' "$FAKE_URL/v1/messages"
	is "$BODY" "\"$word\"" "it plays $word at once"
done

done_testing
