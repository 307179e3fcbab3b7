#!/bin/sh
# Completion in bash, zsh and fish offers what co2 --help says.  A shell that
# is not installed is skipped.
# shellcheck source=tests/e2e/lib.sh disable=SC2119,SC2016,SC2317
. "${0%/*}/lib.sh"

mkdir "$TMP/bin"
cp "$CO2" "$TMP/bin/co2"
PATH=$TMP/bin:$PATH

skip()	# REASON
{
	checks=$((checks + 1))
	echo "ok $checks # SKIP $1"
}

# What a shell offers for a line whose last word is begun.
in_bash()	# WORD...
{
	bash -c '. completions/co2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
	    _co2; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

in_fish()	# WORD...
{
	fish -c 'set -p fish_complete_path completions; source completions/co2.fish
	    complete -C "$argv"' "$*" | sed 's/	.*//'
}

# zsh completes only on a terminal: look at what it is told to offer.
in_zsh()	# WORD...
{
	zsh -fc '_describe() { print -l ${rows%%:*} }
	    _arguments() { for a; do case $a in
		*:mode:*|*:level:*|*:API:*) w=${a##*\(}; print -l ${=w%)} ;;
		*:file:_files) print FILES ;; esac
		case $a in --*) print -r -- ${${a%%\[*}%=} ;; esac; done }
	    words=("$@"); CURRENT=$#; . completions/_co2' zsh "$@"
}

offers()	# SHELL WANTED WORD...: all of WANTED, and maybe more
{
	shell=$1 wanted=$2
	shift 2
	offered=$(in_"$shell" "$@")
	for word in $wanted; do
		printf '%s\n' "$offered" | grep -qxFe "$word" || {
			not_ok "$shell: $*" "not offered: $word" "$offered"
			return
		}
	done
	ok "$shell: $* offers $(echo "$wanted" | wc -w) words"
}

run --help
commands=$(printf '%s\n' "$OUT" | sed -n 's/^  \([a-z]*\)  .*/\1/p')
for shell in bash zsh fish; do
	if ! command -v $shell >/dev/null; then
		skip "$shell is not installed"
		continue
	fi
	offers "$shell" "$commands --help --version" co2 ''
	for command in $commands; do
		run "$command" --help
		offers "$shell" "$(printf '%s\n' "$OUT" |
		    sed -n 's/^  \(--[a-z-]*\).*/\1/p')" co2 "$command" --
	done
done
if command -v bash >/dev/null; then
	is "$(in_bash co2 st)" start "bash: the begin of a command"
	is "$(in_bash co2 check --mode o)" "openai-to-claude
o2c" "bash: a mode"
	is "$(in_bash co2 start --log-level w)" warn "bash: a level"
	is "$(in_bash co2 check --config READ)" README.md "bash: a file"
	is "$(in_bash co2 exec -- "$TMP/bi")" "$TMP/bin" \
	    "bash: behind -- it is the program's turn"
fi
if command -v fish >/dev/null; then
	is "$(in_fish co2 translate --from m)" messages "fish: an API"
	is "$(in_fish co2 check --config READ)" README.md "fish: a file"
	offers fish bash co2 exec -- bas
fi
if command -v zsh >/dev/null; then
	offers zsh "messages chat responses FILES" co2 translate --
	offers zsh "c2o o2c FILES" co2 check --
fi

done_testing
