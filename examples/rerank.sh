#!/usr/bin/env bash
# Loads the passages of sky.ndjson into a running server and asks the same question twice: by shared words, and by meaning.
# usage: examples/rerank.sh [URL]        (default http://localhost:9200; start one with `make serve`)
set -euo pipefail
url=${1:-http://localhost:9200}
here=$(cd "$(dirname "$0")" && pwd)
question="How often does the moon hide the sun?"

json() { curl -sS --fail-with-body -H 'Content-Type: application/json' "$@"; echo; }

curl -sS -o /dev/null -X DELETE "$url/sky?ignore_unavailable=true"
json -X PUT "$url/sky" -d '{"mappings":{"properties":{"text":{"type":"text","analyzer":"english"}}}}'
json -X POST "$url/sky/_bulk?refresh=true&filter_path=errors,took" --data-binary "@$here/sky.ndjson"
curl -sS -o /dev/null -X DELETE "$url/_inference/elastic-rerank"
json -X PUT "$url/_inference/rerank/elastic-rerank" \
  -d '{"service":"elasticsearch","service_settings":{"model_id":".rerank-v1","num_threads":1,"num_allocations":1}}'

echo "-- by shared words"
json -X POST "$url/sky/_search?pretty&filter_path=hits.hits._score,hits.hits._source.title&size=3" \
  -d '{"query":{"match":{"text":"'"$question"'"}}}'

echo "-- by meaning"
json -X POST "$url/sky/_search?pretty&filter_path=hits.hits._score,hits.hits._source.title&size=3" -d '
{"retriever":{"text_similarity_reranker":{
  "retriever":{"standard":{"query":{"match":{"text":"'"$question"'"}}}},
  "field":"text","inference_id":"elastic-rerank","inference_text":"'"$question"'",
  "rank_window_size":100,"min_score":0.5}}}'
