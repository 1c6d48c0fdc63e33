#pragma once

#include <string_view>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "index/mapping/mapping.h"

namespace selene::search {

/// A range of the source as `fields` shows it: the same bounds, each in the form of its type. `date_format`: of date_range. False
/// if the field cannot take it; nothing is written then.
bool write_range(const index::MappedField& field, base::JsonValue value, std::string_view date_format, base::JsonWriter& out);

}  // namespace selene::search
