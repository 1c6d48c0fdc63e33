// Any bytes as the source of a script: refused with a reason, or run on a document.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/unicode.h"
#include "ingest/scripts/script.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace selene;
  const std::string source = base::repair_utf8({reinterpret_cast<const char*>(data), size});
  base::JsonWriter body;
  body.begin_object().field("source", source).key("params").raw(R"({"x":[1,{"y":"z"}],"n":-3})").end_object();
  const auto document = base::JsonDocument::parse(body.text());
  CHECK(document.has_value());
  const auto script = ingest::Script::compile(document->root());
  if (!script.has_value()) {
    CHECK(!script.error().reason().empty());
    return 0;
  }
  const auto source_document =
      base::JsonDocument::parse(R"({"_source":{"a":1,"l":["x",2.5,null],"o":{"k":true},"s":"text"},"op":"index"})");
  base::JsonTree ctx = base::JsonTree::from(source_document->root());
  const auto result = (*script)->run(ctx);
  CHECK(result.has_value() || result.error().cause() != nullptr);
  (void)ctx.to_json();
  return 0;
}
