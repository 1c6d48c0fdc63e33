#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace selene::simd {

/// Instruction sets that kernels are compiled for, those of one processor family in ascending order. kScalar runs everywhere.
/// x86-64:
///   kAvx2:       AVX2 + FMA + F16C.
///   kAvxVnni:    the needs of kAvx2, and int8 dot products of 256 bits: AVX-VNNI, or AVX-512 VL + VNNI in its encoding.
///   kAvx512:     AVX-512 F/BW/DQ/VL + VNNI, and the needs of kAvx2.
///   kAvx512Bf16: the needs of kAvx512, and AVX512_BF16.
/// AArch64:
///   kNeon:     Advanced SIMD, which every processor of that family has.
///   kNeonDot:  and int8 dot products (FEAT_DotProd).
///   kNeonI8mm: and int8 matrix products and bf16 dot products (FEAT_I8MM, FEAT_BF16).
enum class Isa : uint8_t { kScalar, kAvx2, kAvxVnni, kAvx512, kAvx512Bf16, kNeon, kNeonDot, kNeonI8mm };

inline constexpr std::array kAllIsas = {Isa::kScalar,     Isa::kAvx2, Isa::kAvxVnni, Isa::kAvx512,
                                        Isa::kAvx512Bf16, Isa::kNeon, Isa::kNeonDot, Isa::kNeonI8mm};

/// "scalar", "avx2", "avx_vnni", "avx512", "avx512_bf16", "neon", "neon_dot", "neon_i8mm": the values of the setting `kernel_isa`
/// and of SELENE_KERNEL_ISA.
std::string_view isa_name(Isa isa);
/// Errors: kIllegalArgument naming the value and the allowed ones.
base::Result<Isa> parse_isa(std::string_view name);

/// What this processor and its operating system can run (registers saved on context switch included).
struct CpuFeatures {
  bool avx2 = false;
  bool avx_vnni = false;  ///< the VEX encoding
  bool avx512 = false;
  bool avx512_bf16 = false;
  bool neon = false;
  bool neon_dot = false;
  bool neon_i8mm = false;  ///< and bf16
};
/// Asked once per process. Thread-safe.
const CpuFeatures& cpu_features();

/// The sets this machine can run, kScalar first. Lives as long as the process.
std::span<const Isa> supported_isas();

/// Makes `active_isa()` this one for the rest of the process (the setting `kernel_isa`). Errors: kIllegalArgument if the
/// machine cannot run it, kIllegalState if another one has been handed out already. Thread-safe.
base::Status force_isa(Isa isa);
/// By name, as the setting gives it.
base::Status force_isa(std::string_view name);

/// The forced set, else the one of SELENE_KERNEL_ISA, else the best of the machine; fixed by the first successful call.
/// Errors: kIllegalArgument if SELENE_KERNEL_ISA names an unknown or unsupported set. Thread-safe.
base::Result<Isa> active_isa();

}  // namespace selene::simd
