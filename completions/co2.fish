# Completion of co2 for fish.  The commands and their options are what co2
# says that they are; only the values are known here.

# name<tab>text, from the lines of "co2 --help"
function __co2_commands
    co2 --help 2>/dev/null | string replace -rf '^  ([a-z]+)  +(.*)' '$1\t$2'
end

# Likewise for the options of the command on the line.
function __co2_options
    set -l words (commandline -opc)
    co2 $words[2] --help 2>/dev/null |
        string replace -rf '^  (--[a-z-]+)(?: [A-Z]+)?  +(.*)' '$1\t$2'
end

# What the option before the cursor takes: FILE, MODE, ...
function __co2_kind
    set -l words (commandline -opc)
    test (count $words) -ge 3; or return 1
    set -l kind (co2 $words[2] --help 2>/dev/null |
        string replace -rf "^  $words[-1] ([A-Z]+)  .*" '$1')
    test "$kind" = "$argv[1]"
end

function __co2_takes_value
    for kind in FILE MODE LEVEL API HOST PORT URL
        __co2_kind $kind; and return 0
    end
    return 1
end

function __co2_has_command
    test (count (commandline -opc)) -ge 2
end

complete -c co2 -f
complete -c co2 -n 'not __co2_has_command' -a '(__co2_commands)'
complete -c co2 -n 'not __co2_has_command' -a '--help --version'
complete -c co2 -n '__co2_has_command; and not __co2_takes_value' -a '(__co2_options)'
complete -c co2 -n '__co2_kind FILE' -F
complete -c co2 -n '__co2_kind MODE' -a 'claude-to-openai c2o openai-to-claude o2c'
complete -c co2 -n '__co2_kind LEVEL' -a 'error warn info debug'
complete -c co2 -n '__co2_kind API' -a 'messages chat responses'
complete -c co2 -n '__co2_has_command; and not __co2_takes_value; and contains exec (commandline -opc)' -a '(__fish_complete_subcommand --fcs-skip=2)'
