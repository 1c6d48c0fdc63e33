#include "simd/isa.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>

namespace selene::simd {
namespace {

using base::Error;
using base::ErrorCode;

constexpr const char* kIsaVariable = "SELENE_KERNEL_ISA";

struct Choice {
  std::mutex mutex;
  std::optional<Isa> isa;
};

Choice& choice() {
  static Choice instance;
  return instance;
}

std::string names_of(std::span<const Isa> isas) {
  std::string names;
  for (const Isa isa : isas) {
    if (!names.empty()) names += ", ";
    names += isa_name(isa);
  }
  return names;
}

base::Status check_supported(Isa isa) {
  const auto isas = supported_isas();
  if (std::find(isas.begin(), isas.end(), isa) != isas.end()) return {};
  return Error(ErrorCode::kIllegalArgument, "[kernel_isa] is [{}], which this processor cannot run; it supports [{}]",
               isa_name(isa), names_of(supported_isas()));
}

}  // namespace

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::kScalar: return "scalar";
    case Isa::kAvx2: return "avx2";
    case Isa::kAvxVnni: return "avx_vnni";
    case Isa::kAvx512: return "avx512";
    case Isa::kAvx512Bf16: return "avx512_bf16";
    case Isa::kNeon: return "neon";
    case Isa::kNeonDot: return "neon_dot";
    case Isa::kNeonI8mm: return "neon_i8mm";
  }
  return "scalar";
}

base::Result<Isa> parse_isa(std::string_view name) {
  for (const Isa isa : kAllIsas) {
    if (name == isa_name(isa)) return isa;
  }
  return Error(ErrorCode::kIllegalArgument, "unknown [kernel_isa] [{}]; allowed values are [{}]", name, names_of(kAllIsas));
}

base::Status force_isa(Isa isa) {
  RETURN_IF_ERROR(check_supported(isa));
  const std::scoped_lock lock(choice().mutex);
  if (choice().isa.has_value() && *choice().isa != isa) {
    return Error(ErrorCode::kIllegalState, "[kernel_isa] cannot become [{}]: kernels for [{}] are already in use", isa_name(isa),
                 isa_name(*choice().isa));
  }
  choice().isa = isa;
  return {};
}

base::Status force_isa(std::string_view name) {
  ASSIGN_OR_RETURN(const Isa isa, parse_isa(name));
  return force_isa(isa);
}

base::Result<Isa> active_isa() {
  const std::scoped_lock lock(choice().mutex);
  if (choice().isa.has_value()) return *choice().isa;
  Isa isa = supported_isas().back();
  if (const char* name = std::getenv(kIsaVariable); name != nullptr && *name != '\0') {
    ASSIGN_OR_RETURN(isa, parse_isa(name));
    RETURN_IF_ERROR(check_supported(isa));
  }
  choice().isa = isa;
  return isa;
}

}  // namespace selene::simd
