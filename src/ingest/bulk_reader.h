#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "ingest/document_service.h"

namespace selene::ingest {

/// Walks `_bulk` NDJSON one action at a time, so that a large body needs the memory of one action line's tree. One thread.
class BulkReader {
 public:
  /// `body` must outlive the reader and the actions it gives.
  BulkReader(std::string_view body, BulkDefaults defaults) : body_(body), defaults_(std::move(defaults)) {}
  /// The next action; empty at the end. Errors are of the whole request: kIllegalArgument, kXContentParse.
  base::Result<std::optional<DocumentAction>> next();
  /// 1-based number of the last line read.
  int64_t line() const { return line_; }

 private:
  base::Result<std::optional<std::string_view>> next_line();
  base::Result<DocumentAction> parse_action_line(std::string_view line);
  base::Status parse_metadata(base::JsonValue metadata, DocumentAction& action);
  base::Status parse_value(std::string_view name, base::JsonValue value, DocumentAction& action);

  std::string_view body_;
  BulkDefaults defaults_;
  base::JsonDocument document_;  // of the action line; its buffers are reused
  size_t at_ = 0;
  int64_t line_ = 0;
};

/// Reads all of `body` without keeping it: the request's errors come before its first action is applied. Gives the number of
/// actions. Errors: those of parse_bulk.
base::Result<int64_t> check_bulk(std::string_view body, const BulkDefaults& defaults);

}  // namespace selene::ingest
