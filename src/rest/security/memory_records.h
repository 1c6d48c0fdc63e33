#pragma once

#include <map>
#include <memory>
#include <string>

#include "rest/security/record_store.h"

namespace selene::rest {

/// Records of a test that outlive what reads them, as those on disk do.
class MemoryRecords {
 public:
  RecordStore store() {
    RecordStore out;
    out.put = [map = map_](std::string_view id, std::string_view bytes) -> base::Status {
      (*map)[std::string(id)] = bytes;
      return {};
    };
    out.remove = [map = map_](std::string_view id) -> base::Status {
      map->erase(std::string(id));
      return {};
    };
    out.load_all = [map = map_]() -> base::Result<std::map<std::string, std::string>> { return *map; };
    return out;
  }
  std::map<std::string, std::string>& map() { return *map_; }

 private:
  std::shared_ptr<std::map<std::string, std::string>> map_ = std::make_shared<std::map<std::string, std::string>>();
};

}  // namespace selene::rest
