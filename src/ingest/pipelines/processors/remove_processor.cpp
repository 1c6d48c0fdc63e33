#include <algorithm>

#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

/// `field`: what goes; `keep`: all else goes. Source: Elasticsearch, RemoveProcessor.
class RemoveProcessor final : public DocumentProcessor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<RemoveProcessor>();
    std::optional<base::JsonTree> keep = config.take("keep");
    ASSIGN_OR_RETURN(made->ignore_missing_, config.boolean("ignore_missing", false));
    if (keep) {
      if (keep->is_string()) made->keep_.push_back(keep->as_string());
      if (keep->is_array()) {
        for (const base::JsonTree& name : keep->as_array()) {
          if (name.is_string()) made->keep_.push_back(name.as_string());
        }
      }
      if (made->keep_.empty()) return config.fault("keep", "property isn't a string or a list");
      if (config.take("field")) return config.fault("keep", "ambiguous configuration: either [field] or [keep] must be given");
      return ProcessorPtr(std::move(made));
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> fields, config.texts("field"));
    for (const std::string& field : fields) {
      auto compiled = TextTemplate::compile(field);
      if (!compiled) return config.fault("field", compiled.error().reason());
      made->fields_.push_back(*std::move(compiled));
    }
    return ProcessorPtr(std::move(made));
  }

  base::Status process(IngestDocument& document) const override {
    if (!keep_.empty()) {
      remove_others(document);
      return {};
    }
    for (const TextTemplate& field : fields_) {
      const std::string path = field.render(document);
      if (ignore_missing_ && (path.empty() || !document.has(path))) continue;
      RETURN_IF_ERROR(document.remove(path));
    }
    return {};
  }

 private:
  void remove_others(IngestDocument& document) const {
    base::JsonTree& ctx = document.ctx();
    std::erase_if(ctx.as_object(), [&](const base::JsonTree::Member& member) {
      if (is_ingest_metadata(member.key)) return false;
      return std::none_of(keep_.begin(), keep_.end(), [&, key = std::string_view(member.key)](const std::string& kept) {
        return kept == key || kept.starts_with(std::string(key) + ".");
      });
    });
  }

  std::vector<TextTemplate> fields_;
  std::vector<std::string> keep_;
  bool ignore_missing_ = false;
};

}  // namespace

base::Result<ProcessorPtr> create_remove(ProcessorConfig& config) { return RemoveProcessor::create(config); }

}  // namespace selene::ingest
