#!/bin/sh
# Does man/co2-mapping.7 hold what the code's tables hold, and no other name?
# Prints what is wrong, and fails if anything is:
#
#	tests/lint/mapping.sh [page]
#
# In the page a comment names the tables that the list behind it is about, in
# a file below src/dialect, and ":2" that the words stand in their second
# column:
#
#	.\" table: chat_reply_read.c stops
#	.Bl -tag -width Ds
#	.It Li length , max_tokens
set -eu

cd "$(dirname "$0")/../.."
page=${1:-man/co2-mapping.7}

# Each has to be in the page: the tables of what the APIs' bodies hold.
wanted='../gateway/gate.c vendors
messages_request_read.c messages_fields
messages_blocks_read.c kinds inner_kinds
messages_tools_read.c kinds
chat_request_read.c chat_fields
chat_messages_read.c parts
responses_request_read.c responses_fields
responses_items_read.c items
responses_items_read.c parts
responses_tools_read.c tools
messages_reply_read.c events
messages_reply_blocks.c starts
messages_reply_blocks.c deltas
messages_reply_read.c stops
responses_reply_read.c events pieces
responses_output_read.c kinds
chat_reply_read.c stops
messages_error_read.c rows:2
openai_error_read.c words
../model/model.c loss_codes'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=

# The words in a column of a table in C, whose rows begin with a brace.
words_of()	# FILE TABLE[:COLUMN]
{
	column=1
	case $2 in
	*:*) column=${2#*:} ;;
	esac
	awk -v table="${2%:*}" -v column="$column" '
	$0 ~ "(^| |\t|\\*)" table "\\[\\] = \\{" { on = 1; next }
	on && /^};/ { exit }
	on && /^\t\{/ {
		gsub(/^[^{]*\{[ \t]*/, "")
		split($0, cells, /,[ \t]*/)
		word = cells[column]
		if (gsub(/"/, "", word) == 2 || gsub(/[ \t}]/, "", word) < 0)
			print word
	}' "src/dialect/$1" | sed 's/[ \t}]*$//' | grep -v '^NULL$'
}

# The words of the list that a comment of the page stands for.
words_in_page()	# COMMENT
{
	awk -v comment=".\\\\\" table: $1" '
	$0 == comment { on = 1; next }
	on && /^\.El/ { exit }
	on && /^\.It Li / {
		sub(/^\.It Li /, "")
		gsub(/ , /, "\n")
		print
	}' "$page"
}

printf '%s\n' "$wanted" >"$work/wanted"
sed -n 's/^\.\\" table: //p' "$page" >"$work/there"
if ! diff "$work/wanted" "$work/there" | grep '^[<>]' >"$work/diff"; then
	:
else
	sed 's/^</missing: table/; s/^>/nobody asked for: table/' "$work/diff"
	bad=yes
fi

while read -r file tables; do
	for table in $tables; do
		words_of "$file" "$table"
	done | LC_ALL=C sort -u >"$work/code"
	words_in_page "$file $tables" | LC_ALL=C sort >"$work/page"
	if ! test -s "$work/code"; then
		echo "$file: no table $tables"
		bad=yes
	elif ! diff "$work/code" "$work/page" >"$work/diff"; then
		echo "$file $tables:"
		sed -n 's/^</  only in the code:/p; s/^>/  only in the page:/p' \
		    "$work/diff"
		bad=yes
	fi
done <"$work/wanted"
test -z "$bad"
