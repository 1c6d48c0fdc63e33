#include "rest/handlers/documents/write_wait.h"

#include <charconv>

#include "rest/handlers/support.h"
#include "rest/time_value.h"

namespace selene::rest {

base::Result<std::shared_ptr<const ingest::WriteWait>> write_wait(const RestRequest& request) {
  const auto text = request.param("wait_for_active_shards");
  if (!text) return std::shared_ptr<const ingest::WriteWait>();
  auto wait = std::make_shared<ingest::WriteWait>();
  ASSIGN_OR_RETURN(wait->active_shards, index::ActiveShardCount::parse(*text));
  if (const auto timeout = request.param("timeout")) {
    RETURN_IF_ERROR(parse_time_value(*timeout, "timeout"));
    wait->timeout = *timeout;
  }
  return std::shared_ptr<const ingest::WriteWait>(std::move(wait));
}

bool is_unavailable(const base::Error& error) { return error.code() == base::ErrorCode::kTimeout; }

void write_unavailable(base::JsonWriter& out, const base::Error& error) {
  out.begin_object().field("type", "unavailable_shards_exception").field("reason", error.reason()).end_object();
}

RestResponse unavailable_response(const base::Error& error) {
  base::JsonWriter cause;
  write_unavailable(cause, error);
  base::JsonWriter out;
  out.begin_object().key("error").begin_object().key("root_cause").begin_array().raw(cause.text()).end_array();
  out.field("type", "unavailable_shards_exception").field("reason", error.reason()).end_object();
  out.field("status", kUnavailableStatus).end_object();
  return json_response(out.take(), kUnavailableStatus);
}

base::Result<float> requests_per_second_of(const RestRequest& request) {
  const auto text = request.param("requests_per_second");
  if (!text) return -1.0F;
  if (*text == "unlimited") return -1.0F;
  float value = 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (fault == std::errc() && end == text->data() + text->size() && (value > 0 || value == -1)) return value;
  return base::Error(base::ErrorCode::kIllegalArgument,
                     "[requests_per_second] must be a float greater than 0. Use -1 to disable throttling.");
}

}  // namespace selene::rest
