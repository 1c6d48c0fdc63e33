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
