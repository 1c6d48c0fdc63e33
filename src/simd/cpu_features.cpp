#include "simd/isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#include <array>
#include <cstdint>

namespace selene::simd {
namespace {

#if defined(__x86_64__)
constexpr uint64_t kXcr0Avx = 0x6;      // SSE and AVX state
constexpr uint64_t kXcr0Avx512 = 0xE6;  // and opmask, upper halves, high registers

struct CpuidLeaf {
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

CpuidLeaf cpuid(uint32_t leaf, uint32_t subleaf) {
  CpuidLeaf r;
  if (__get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx) == 0) return {};
  return r;
}

uint64_t read_xcr0() {
  uint32_t low = 0;
  uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<uint64_t>(high) << 32) | low;
}

constexpr bool has(uint32_t word, int bit) { return ((word >> bit) & 1U) != 0; }

CpuFeatures detect() {
  // Bit numbers: Intel SDM, instruction set reference, CPUID.
  CpuFeatures features;
  const CpuidLeaf l1 = cpuid(1, 0);
  const bool osxsave = has(l1.ecx, 27);
  if (!osxsave || !has(l1.ecx, 28)) return features;
  const uint64_t xcr0 = read_xcr0();
  const CpuidLeaf l7 = cpuid(7, 0);
  const bool fma = has(l1.ecx, 12);
  const bool f16c = has(l1.ecx, 29);
  const bool bmi2 = has(l7.ebx, 8);
  features.avx2 = (xcr0 & kXcr0Avx) == kXcr0Avx && has(l7.ebx, 5) && fma && f16c && bmi2;
  const bool avx512_core = has(l7.ebx, 16) && has(l7.ebx, 17) && has(l7.ebx, 30) && has(l7.ebx, 31);
  const bool vnni = has(l7.ecx, 11);
  features.avx_vnni = features.avx2 && has(cpuid(7, 1).eax, 4);
  features.avx512 = features.avx2 && (xcr0 & kXcr0Avx512) == kXcr0Avx512 && avx512_core && vnni;
  features.avx512_bf16 = features.avx512 && has(cpuid(7, 1).eax, 5);
  return features;
}
#elif defined(__aarch64__)
CpuFeatures detect() {
  CpuFeatures features;
  features.neon = true;
#if defined(__linux__)
  // Bit numbers: Linux, arch/arm64/include/uapi/asm/hwcap.h.
  const auto has = [](unsigned long word, int bit) { return ((word >> bit) & 1U) != 0; };
  const unsigned long second = getauxval(AT_HWCAP2);
  features.neon_dot = has(getauxval(AT_HWCAP), 20);
  features.neon_i8mm = features.neon_dot && has(second, 13) && has(second, 14);
#endif
  return features;
}
#else
CpuFeatures detect() { return {}; }
#endif

struct SupportedIsas {
  std::array<Isa, kAllIsas.size()> isas{};
  size_t count = 0;
};

SupportedIsas list_supported() {
  SupportedIsas list;
  const auto add_if = [&list](bool runs, Isa isa) {
    if (runs) list.isas[list.count++] = isa;
  };
  const CpuFeatures& features = cpu_features();
  add_if(true, Isa::kScalar);
  add_if(features.avx2, Isa::kAvx2);
  add_if(features.avx_vnni || features.avx512, Isa::kAvxVnni);
  add_if(features.avx512, Isa::kAvx512);
  add_if(features.avx512_bf16, Isa::kAvx512Bf16);
  add_if(features.neon, Isa::kNeon);
  add_if(features.neon_dot, Isa::kNeonDot);
  add_if(features.neon_i8mm, Isa::kNeonI8mm);
  return list;
}

}  // namespace

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = detect();
  return features;
}

std::span<const Isa> supported_isas() {
  static const SupportedIsas list = list_supported();
  return {list.isas.data(), list.count};
}

}  // namespace selene::simd
