#!/bin/sh
# Silence: a streaming client is kept alive in its own dialect.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/lib.sh"

begin='{"type":"message_start","message":{"id":"msg_1","type":"message",
    "role":"assistant","model":"m","content":[],"stop_reason":null,
    "stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}'
end='{"type":"message_delta","delta":{"stop_reason":"end_turn",
    "stop_sequence":null},"usage":{"output_tokens":2}},{"type":"message_stop"}'
text='{"type":"content_block_start","index":0,"content_block":
    {"type":"text","text":""}},{"type":"content_block_delta","index":0,
    "delta":{"type":"text_delta","text":"Hello"}},
    {"type":"content_block_stop","index":0}'

cat >"$TMP/claude" <<end
[{"when":{"times":1}, "sse":[$begin,{"sleep_ms":2500},$text,$end]},
 {"when":{"times":1}, "sse":[{"sleep_ms":2500},$begin,$text,$end]},
 {"when":{"times":1}, "sse":[{"sleep_ms":1500},{"type":"error","error":
  {"type":"overloaded_error","message":"Overloaded"}}]}]
end
start_fake --script "$TMP/claude"
start_co2 o2c server='"pingSeconds": 1'
flow='{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"hi"}]}'

post /v1/chat/completions "$flow"
is "$(printf '%s\n' "$BODY" | grep -c '^: ping')" 2 "two pings in 2.5 s"
like "$BODY" '"content":"Hello"' "and the text afterwards"
check "a right stream" "$FAKE" check chat stream <"$TMP/body"

post /v1/chat/completions "$flow"
is "$(printf '%s\n' "$BODY" | grep -c '^: ping')" 2 \
    "the same before the first event"
check "a right stream, too" "$FAKE" check chat stream <"$TMP/body"

post /v1/chat/completions "$flow"
is "$STATUS" 200 "behind a ping an error has no status of its own"
like "$BODY" '^data: \{"error":.*Overloaded' "it is an event of the stream"

cat >"$TMP/openai" <<end
[{"when":{"times":1}, "steps":[{"sleep_ms":2500},
  {"data":{"id":"c","object":"chat.completion.chunk","created":1,"model":"m",
   "choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},
   "finish_reason":null}]}},
  {"data":{"id":"c","object":"chat.completion.chunk","created":1,"model":"m",
   "choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}},
  {"data":"[DONE]"}]},
 {"when":{"times":1}, "steps":[
  {"data":{"id":"c","object":"chat.completion.chunk","created":1,"model":"m",
   "choices":[{"index":0,"delta":{"content":"Hello"},
   "finish_reason":"stop"}]}}, {"stall":true}]}]
end
start_fake --script "$TMP/openai"
start_co2 c2o server='"pingSeconds": 1' \
    routing='"openAIUpstreamApi": "chat-completions",
    "defaultOpenAIModel": "gpt-5.4"'
flow='{"model":"claude-x","max_tokens":99,"stream":true,"messages":[{"role":"user","content":"hi"}]}'
post /v1/messages "$flow"
like "$(printf '%s\n' "$BODY" | grep '^event' | head -n 2 | tr '\n' ' ')" \
    '^event: message_start event: ping' "c2o: the stream opens without it"
like "$BODY" '"text":"Hello"' "c2o: and the text afterwards"
check "c2o: a right stream" "$FAKE" check messages stream <"$TMP/body"

start=$(date +%s)
post /v1/messages "$flow"
like "$BODY" '^event: message_stop' "c2o: an end without usage is an end"
is "$(($(date +%s) - start < 5))" 1 "c2o: awaited for two seconds only"

done_testing
