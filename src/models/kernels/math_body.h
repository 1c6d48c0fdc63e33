#pragma once

#include <cstdint>

namespace selene::models {

/// e^x within 2 ulp for x in [-87.3, 88]; below, a number under 2e-38; above, that of 88.
/// 2^n * p(r), n = round(x / ln 2), |r| <= ln 2 / 2; p: Cephes expf.
template <class V>
typename V::F exp_vector(typename V::F x) {
  using F = typename V::F;
  x = V::min(V::max(V::set1(-87.3F), x), V::set1(88.0F));
  const F n = V::round(V::mul(x, V::set1(1.44269504088896341F)));
  F r = V::fnma(n, V::set1(0.693359375F), x);
  r = V::fnma(n, V::set1(-2.12194440e-4F), r);
  F p = V::set1(1.9875691500e-4F);
  p = V::fma(p, r, V::set1(1.3981999507e-3F));
  p = V::fma(p, r, V::set1(8.3334519073e-3F));
  p = V::fma(p, r, V::set1(4.1665795894e-2F));
  p = V::fma(p, r, V::set1(1.6666665459e-1F));
  p = V::fma(p, r, V::set1(5.0000001201e-1F));
  p = V::fma(V::mul(r, r), p, V::add(r, V::set1(1.0F)));
  return V::scale2(p, n);
}

/// 2^x for x <= 0; below -126, that of -126. Relative error 1e-4 if kCoarse (for results rounded to bf16), else 2e-7.
/// 2^round(x) times a minimax polynomial of the rest.
template <class V, bool kCoarse>
typename V::F exp2_vector(typename V::F x) {
  using F = typename V::F;
  x = V::max(V::set1(-126.0F), x);
  const F n = V::round(x);
  const F r = V::sub(x, n);
  F p;
  if constexpr (kCoarse) {
    p = V::fma(r, V::set1(0.05516906827688217F), V::set1(0.24260737001895905F));
    p = V::fma(p, r, V::set1(0.6932610273361206F));
    p = V::fma(p, r, V::set1(0.99992835521698F));
  } else {
    p = V::fma(r, V::set1(0.0013276261743158102F), V::set1(0.009675520472228527F));
    p = V::fma(p, r, V::set1(0.05550713837146759F));
    p = V::fma(p, r, V::set1(0.24022120237350464F));
    p = V::fma(p, r, V::set1(0.6931469440460205F));
    p = V::fma(p, r, V::set1(1.0F));
  }
  return V::scale2(p, n);
}

/// gelu within 2e-4: Phi(x) - 1/2 = z h(z^2), z = x limited to [-4, 4], h a minimax polynomial.
template <class V>
typename V::F gelu_coarse_vector(typename V::F x) {
  using F = typename V::F;
  const F z = V::min(V::max(V::set1(-4.0F), x), V::set1(4.0F));
  const F s = V::mul(z, z);
  F h = V::set1(2.277917587889533e-08F);
  h = V::fma(h, s, V::set1(-1.5984883248165715e-06F));
  h = V::fma(h, s, V::set1(4.7953290049917996e-05F));
  h = V::fma(h, s, V::set1(-0.000813994265627116F));
  h = V::fma(h, s, V::set1(0.008772287517786026F));
  h = V::fma(h, s, V::set1(-0.06457289308309555F));
  h = V::fma(h, s, V::set1(0.39788320660591125F));
  return V::mul(x, V::fma(z, h, V::set1(0.5F)));
}

/// x * Phi(x) = x * (1 + erf(x / sqrt 2)) / 2, erf within 1.5e-7.  Source: Abramowitz & Stegun 7.1.26.
template <class V>
typename V::F gelu_vector(typename V::F x) {
  using F = typename V::F;
  const F z = V::mul(V::abs(x), V::set1(0.70710678118654752F));
  const F t = V::div(V::set1(1.0F), V::fma(z, V::set1(0.3275911F), V::set1(1.0F)));
  F p = V::set1(1.061405429F);
  p = V::fma(p, t, V::set1(-1.453152027F));
  p = V::fma(p, t, V::set1(1.421413741F));
  p = V::fma(p, t, V::set1(-0.284496736F));
  p = V::mul(V::fma(p, t, V::set1(0.254829592F)), t);
  const F erf = V::fnma(p, exp_vector<V>(V::sub(V::zero(), V::mul(z, z))), V::set1(1.0F));
  const F half = V::mul(x, V::set1(0.5F));
  return V::fma(half, V::copysign(erf, x), half);
}

/// 1 - 2 / (e^2x + 1), x clamped where float32 tanh is 1.
template <class V>
typename V::F tanh_vector(typename V::F x) {
  using F = typename V::F;
  const F limited = V::min(V::max(V::set1(-10.0F), x), V::set1(10.0F));
  const F e = exp_vector<V>(V::add(limited, limited));
  return V::sub(V::set1(1.0F), V::div(V::set1(2.0F), V::add(e, V::set1(1.0F))));
}

/// x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))).
template <class V>
typename V::F gelu_new_vector(typename V::F x) {
  using F = typename V::F;
  const F inner = V::mul(x, V::fma(V::mul(x, x), V::set1(0.79788456080286536F * 0.044715F), V::set1(0.79788456080286536F)));
  const F half = V::mul(x, V::set1(0.5F));
  return V::fma(half, tanh_vector<V>(inner), half);
}

/// x / (1 + e^-x).
template <class V>
typename V::F silu_vector(typename V::F x) {
  return V::div(x, V::add(V::set1(1.0F), exp_vector<V>(V::sub(V::zero(), x))));
}

}  // namespace selene::models
