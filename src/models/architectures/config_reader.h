#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/kernels/kernel_table.h"

namespace selene::models {

/// Typed fields of a config.json. Each getter leaves an absent or null field at its default and refuses a value of the wrong type
/// or out of range: kIllegalArgument naming file, field, value and what is supported. One thread; keeps `config` and `file` by
/// reference.
class ConfigReader {
 public:
  ConfigReader(base::JsonValue config, const std::filesystem::path& file) : config_(config), file_(file) {}

  base::Result<int64_t> integer(std::string_view field, int64_t absent, int64_t low, int64_t high) const;
  base::Result<double> number(std::string_view field, double absent, double low, double high) const;
  base::Result<std::string> text(std::string_view field, std::string_view absent) const;
  base::Result<bool> flag(std::string_view field, bool absent) const;
  /// gelu, gelu_new (and its other names), relu, silu, tanh.
  base::Result<Activation> activation(std::string_view field, std::string_view absent) const;
  /// The text must be one of `allowed`.
  base::Result<std::string> choice(std::string_view field, std::string_view absent,
                                   std::span<const std::string_view> allowed) const;
  /// The flag must have this value, its default.
  base::Status expect_flag(std::string_view field, bool expected) const;
  /// num_labels, or the entries of id2label, else 2 as in transformers.
  base::Result<int64_t> num_labels() const;

  /// The tables of an architecture that computes positions: `positions` entries of `width` numbers must not exceed 2^26 in all, so
  /// that a config cannot ask for more memory than any published model does.
  base::Status check_positions(int64_t positions, int64_t width) const;

  base::JsonValue value(std::string_view field) const { return config_[field]; }
  base::Error unsupported(std::string_view field, std::string_view given, std::string_view supported) const;
  std::string file_name() const { return file_.string(); }

 private:
  base::JsonValue config_;
  const std::filesystem::path& file_;
};

}  // namespace selene::models
