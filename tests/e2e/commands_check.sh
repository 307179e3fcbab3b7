#!/bin/sh
# co2 check: what is in force and where it is from; what an upstream says.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

# ---- which file

home=$TMP/home
mkdir -p "$home/.config/co2" "$TMP/xdg/co2" "$TMP/here"
co2=$(cd "$(dirname "$CO2")" && pwd)/co2
FAKE_URL=https://llm.invalid
HOME=$home
export HOME

# Run it in another directory.
run_in()	# DIRECTORY ARGUMENT...
{
	dir=$1
	shift
	OUT=$(cd "$dir" && timeout 60 "$co2" "$@" 2>"$TMP/err")
	EXIT=$?
	ERR=$(cat "$TMP/err")
}

run_in "$TMP/here" check --mode c2o
is "$EXIT" 1 "without a file and a key: status 1"
like "$OUT" '^Configuration: no file$' "there is none"
like "$ERR" 'OPENAI_API_KEY' "and the variable is named"

write_config c2o >"$home/.config/co2/config.json"
run_in "$TMP/here" check
is "$EXIT" 0 "a file below ~/.config"
like "$OUT" "^Configuration: $home/.config/co2/config.json " "is found"
write_config c2o server='"port": 8001' >"$TMP/xdg/co2/config.json"
export XDG_CONFIG_HOME="$TMP/xdg"
run_in "$TMP/here" check
like "$OUT" '^server.port = 8001 .*/xdg/co2/config.json:2$' \
    "XDG_CONFIG_HOME goes over it"
write_config c2o server='"port": 8002' >"$TMP/here/co2.config.json"
run_in "$TMP/here" check
like "$OUT" '^server.port = 8002  *\./co2.config.json:2$' \
    "./co2.config.json goes over both"
write_config c2o server='"port": 8003' >"$TMP/named.json"
export CO2_CONFIG="$TMP/named.json"
run_in "$TMP/here" check
like "$OUT" '^server.port = 8003 .*/named.json:2$' "CO2_CONFIG over all three"
run_in "$TMP/here" check --config "$TMP/xdg/co2/config.json"
like "$OUT" '^server.port = 8001 ' "--config over everything"
unlike "$OUT" '^Configuration: ' "which needs no word"
CO2_CONFIG=$TMP/none.json
run_in "$TMP/here" check
is "$EXIT" 1 "a CO2_CONFIG that is not there is no reason to look further"
like "$ERR" 'none\.json: cannot be read' "and is named"
unset CO2_CONFIG XDG_CONFIG_HOME

# ---- what is in force

cat >"$TMP/all.json" <<end
{
  "server": { "mode": "c2o",
    "apiKeys": ["client-key-0123456789-tail"] },
  "providers": {
    "openai": {
      "apiKey": "sk-invented-0123456789-last",
      "proxy": "http://me:secret-word@proxy.invalid:3128",
      "defaultHeaders": { "x-team": "secret-header" }
    }
  },
  "modelMap": { "claude-haiku-*": "gpt-5.4-mini" }
}
end
chmod 600 "$TMP/all.json"
run check --config "$TMP/all.json"
is "$EXIT" 0 "a valid file"
like "$OUT" "^server.mode = \"claude-to-openai\" +$TMP/all.json:2$" \
    "a value of the file has its line"
like "$OUT" '^server.port = 8000 +default$' "a default is called one"
like "$OUT" '^providers.openai.apiKey = "\.\.\.last" +.*:6$' \
    "a key is masked but for its end"
like "$OUT" '^server.apiKeys = \["\.\.\.tail"\]' "the clients' keys, too"
like "$OUT" '^modelMap = \{"claude-haiku-\*":"gpt-5.4-mini"\}' "modelMap"
unlike "$OUT" 'secret|0123456789' "no secret is told"
unlike "$OUT" 'providers\.anthropic' "the other provider is left out"
like "$OUT" '^The configuration is valid\.$' "it says so"
unlike "$OUT" '^note: ' "and has no advice"
chmod 644 "$TMP/all.json"
run check --config "$TMP/all.json"
like "$OUT" "^note: other users can read the key in $TMP/all.json" \
    "a key that others can read"

export OPENAI_API_KEY=sk-env-0123456789-vari CO2_API_KEYS=a,b
run check --config "$TMP/all.json"
unset OPENAI_API_KEY CO2_API_KEYS
like "$OUT" 'openai.apiKey = "\.\.\.vari" +variable OPENAI_API_KEY$' \
    "a variable is named"
like "$OUT" 'server.apiKeys = \["\.\.\.","\.\.\."\] +variable CO2_API_KEYS' \
    "short keys are masked as a whole"
unlike "$OUT" '^note: ' "the key of the file is not in use"
mkdir "$TMP/credentials"
echo sk-cred-0123456789-cred >"$TMP/credentials/openai_api_key"
export CREDENTIALS_DIRECTORY="$TMP/credentials"
run check --config "$TMP/all.json"
unset CREDENTIALS_DIRECTORY
like "$OUT" '"\.\.\.cred" +credential openai_api_key$' "a credential, too"
run check --config "$TMP/all.json" --mode o2c
is "$EXIT" 1 "the other mode has no key"
export ANTHROPIC_API_KEY=k
run check --config "$TMP/all.json" --mode=o2c
unset ANTHROPIC_API_KEY
like "$OUT" '^server.mode = "openai-to-claude" +option --mode$' "an option"

printf '{ "server": {\n "mode": "c2o",\n "prt": 1 } }\n' >"$TMP/bad.json"
run check --config "$TMP/bad.json"
is "$EXIT" 1 "a wrong file"
like "$ERR" 'bad\.json:3: server\.prt: .*did you mean "port"' "line and path"
like "$ERR" 'providers\.openai\.apiKey: is missing' "and all the rest"

# ---- --online

# Ask the upstream of the last start_fake.
online()	# MODE [SECTION=MEMBERS]...
{
	write_config "$@" >"$TMP/online.json"
	run check --config "$TMP/online.json" --online
}

start_fake --key "$KEY"
online c2o
is "$EXIT" 0 "an upstream that works"
like "$OUT" '^ok: gpt-5\.4 answered$' "the model answered"
like "$OUT" '^API: the upstream speaks responses and chat-completions$' \
    "and both APIs are there"
online c2o routing='"defaultOpenAIModel":"gpt-5.4","openAIUpstreamApi":"chat-completions"'
like "$OUT" '^ok: gpt-5\.4 answered$' "by the other API as well"
online o2c
is "$EXIT" 0 "a Claude upstream"
like "$OUT" '^ok: claude-opus-4-6 answered$' "answers, too"
online c2o routing=''
is "$EXIT" 0 "without a model the list is asked for"
like "$OUT" '^ok: the upstream accepts the key$' "which needs the key"
online c2o routing='' modelMap='"a": "gpt-5.4-mini", "gpt-5.4-mini": "b"'
like "$OUT" '^ok: gpt-5\.4-mini answered$' "a model of modelMap will do"

OPENAI_API_KEY=sk-wrong ANTHROPIC_API_KEY=sk-wrong
export OPENAI_API_KEY ANTHROPIC_API_KEY
for mode in c2o o2c; do
	online $mode
	is "$EXIT" 1 "$mode: a wrong key"
	like "$OUT" '^key: the upstream does not accept the key' "is said"
done
online c2o routing=''
like "$OUT" '^key: ' "without a model, too"
unset OPENAI_API_KEY ANTHROPIC_API_KEY
unlike "$OUT" "$KEY" "no key is told"

FAKE_URL=$FAKE_URL/nothing
online o2c
is "$EXIT" 1 "a wrong base URL"
like "$OUT" '^API: nothing at .* speaks it \(status 404\)' "is said"
online c2o
like "$OUT" '^API: the upstream speaks neither ' "of both APIs"

# What a scripted upstream says.
scripted()	# MODE RULES REGEX NAME
{
	printf '%s\n' "$2" >"$TMP/script.new"
	mv "$TMP/script.new" "$TMP/script"
	online "$1"
	is "$EXIT" 1 "$4"
	like "$OUT" "$3" "is told"
}

echo '[]' >"$TMP/script"
start_fake --script "$TMP/script"
scripted c2o '[{"path":"/v1/responses","strict":false,"status":404,
    "body":{"detail":"Not Found"}}]' \
    '^set routing.openAIUpstreamApi to "chat-completions"$' \
    "an upstream that speaks the other API only"
like "$OUT" '^API: the upstream speaks chat-completions only$' "which"
scripted c2o '[{"when":{"contains":"gpt-5.4"},"status":404,"body":{"error":{
    "message":"The model does not exist","type":"invalid_request_error",
    "code":"model_not_found","param":"model"}}}]' \
    '^model: the upstream has no gpt-5\.4' "a model that is not there"
scripted c2o '[{"status":429,"body":{"error":{"message":"You exceeded it",
    "type":"insufficient_quota","code":"insufficient_quota"}}}]' \
    '^quota: .*status 429: You exceeded it' "no quota"
scripted o2c '[{"status":400,"body":{"type":"error","error":{
    "type":"invalid_request_error",
    "message":"Your credit balance is too low"}}}]' \
    '^quota: .*credit balance' "no credit"
scripted c2o '[{"status":429,"body":{"error":{"message":"slowly",
    "type":"tokens","code":"rate_limit_exceeded"}}}]' \
    '^rate: too many requests' "too many requests"
scripted o2c '[{"status":529,"body":{"type":"error","error":{
    "type":"overloaded_error","message":"Overloaded"}}}]' \
    '^upstream: it is overloaded' "an overloaded one"
scripted c2o '[{"status":200,"headers":{"content-type":"text/html"},
    "raw":"<html>Welcome</html>"}]' \
    '^upstream: what answers there is not the API' "a page"
scripted c2o '[{"accept":"reset"}]' '^connection: ' "a broken connection"
stop_fake
online c2o
is "$EXIT" 1 "nobody listens"
like "$OUT" '^connection: .*does something listen' "is told"
start_fake --tls-ca "$TMP/ca.pem"
online c2o
is "$EXIT" 1 "a certificate that nobody knows"
like "$OUT" '^TLS: .*caFile' "is told, and what helps"
online c2o provider="\"caFile\": \"$TMP/ca.pem\""
is "$EXIT" 0 "which it does"
FAKE_URL=http://nowhere.invalid
online c2o
is "$EXIT" 1 "a name that does not exist"
like "$OUT" '^DNS: ' "is told"

done_testing
