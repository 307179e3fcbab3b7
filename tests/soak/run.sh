#!/bin/sh
# Mixed traffic through both modes for SOAK_SECONDS (20): tests/soak/soak.c.
# shellcheck source=tests/e2e/lib.sh disable=SC2119
. "${0%/*}/../e2e/lib.sh"

cat >"$TMP/script.json" <<'end'
[{"when":{"contains":"reply500"},"status":500,
  "body":{"error":{"type":"server_error","message":"no"}}},
 {"when":{"contains":"reply429"},"status":429,"headers":{"retry-after":"1"},
  "body":{"error":{"type":"rate_limit_error","message":"slow down"}}},
 {"path":"/v1/messages","when":{"contains":"replycut"},
  "steps":[{"event":"message_start","data":{"type":"message_start","message":
    {"id":"msg_1","type":"message","role":"assistant","model":"m",
     "content":[],"usage":{"input_tokens":1,"output_tokens":1}}}},
   {"close":true}]},
 {"path":"/v1/responses","when":{"contains":"replycut"},
  "steps":[{"data":{"type":"response.created","response":{"id":"resp_1",
    "model":"m","status":"in_progress","output":[]}}},{"reset":true}]},
 {"path":"/v1/messages","when":{"contains":"slowly"},
  "steps":[{"event":"message_start","data":{"type":"message_start","message":
    {"id":"msg_1","type":"message","role":"assistant","model":"m",
     "content":[],"usage":{"input_tokens":1,"output_tokens":1}}}},
   {"event":"content_block_start","data":{"type":"content_block_start",
     "index":0,"content_block":{"type":"text","text":""}}},
   {"repeat":20,"steps":[{"sleep_ms":50},{"event":"content_block_delta",
     "data":{"type":"content_block_delta","index":0,"delta":{"type":
     "text_delta","text":"word "}}}]},
   {"event":"content_block_stop","data":{"type":"content_block_stop",
     "index":0}},
   {"event":"message_delta","data":{"type":"message_delta","delta":
     {"stop_reason":"end_turn"},"usage":{"output_tokens":20}}},
   {"event":"message_stop","data":{"type":"message_stop"}}]},
 {"path":"/v1/responses","when":{"contains":"slowly"},
  "steps":[{"data":{"type":"response.created","response":{"id":"resp_1",
    "model":"m","status":"in_progress","output":[]}}},
   {"data":{"type":"response.output_item.added","output_index":0,"item":
     {"type":"message","id":"msg_1","role":"assistant","content":[]}}},
   {"repeat":20,"steps":[{"sleep_ms":50},{"data":{"type":
     "response.output_text.delta","output_index":0,"content_index":0,
     "item_id":"msg_1","delta":"word "}}]},
   {"data":{"type":"response.completed","response":{"id":"resp_1","model":
     "m","status":"completed","output":[],"usage":{"input_tokens":1,
     "output_tokens":20}}}}]}]
end
# A journal of half an hour would be more than a gigabyte.
start_fake --lax --script "$TMP/script.json" --log /dev/null
start_co2 o2c server='"logLevel": "error"' provider='"maxRetries": 0'
first_port=$CO2_PORT first_pid=$CO2_PID
start_co2 c2o server='"logLevel": "error"' provider='"maxRetries": 0' \
    routing='"defaultOpenAIModel": "gpt-5.4"' \
    modelMap='"claude-opus-4-6": "gpt-5.4"'
"$BUILD/soak" "${SOAK_SECONDS:-20}" "$first_port" "$first_pid" \
    "$CO2_PORT" "$CO2_PID" >"$TMP/soak.tap"
status=$?
sed '/^1\.\./d; s/^\(not \)\{0,1\}ok [0-9]* -/# &/' "$TMP/soak.tap"
is $status 0 "all of that is fine"
done_testing
