/** Terms after which a series or a continued fraction is given up: it converges far sooner for what is asked here. */
const mostTerms = 100_000
const tiny = 1e-300
const precision = 1e-16

// Lanczos' approximation of the gamma function, g = 7 and nine terms (Godfrey's coefficients): 15 digits.
const lanczos = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
  1.505_632_735_149_311_6e-7,
]

/** Natural logarithm of the gamma function, for x > 0. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const sum = lanczos.reduce((all, term, index) => all + (index === 0 ? term : term / (x - 1 + index)), 0)
  const base = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum)
}

/**
 * The regularized upper incomplete gamma function Q(a, x), for a > 0 and x >= 0: Abramowitz and Stegun, Handbook of Mathematical
 * Functions, 6.5.29 (series) and 6.5.31 (continued fraction, by Lentz' method).
 */
function upperGamma(a: number, x: number): number {
  if (x === 0) return 1
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a]
    for (let n = 1; n < mostTerms && term > sum * precision; n += 1) {
      term *= x / (a + n)
      sum += term
    }
    return Math.max(0, 1 - scale * sum)
  }
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < mostTerms; n += 1) {
    const factor = n * (a - n)
    b += 2
    d = 1 / nonZero(b + factor * d)
    c = nonZero(b + factor / c)
    fraction *= c * d
    if (Math.abs(c * d - 1) < precision) break
  }
  return scale * fraction
}

const nonZero = (x: number): number => (Math.abs(x) < tiny ? tiny : x)

/**
 * Natural logarithm of the beta function B(a, b). Where one is ½ and the other great, the gammas' logarithms would lose the digits
 * in which they differ: there by the series of their ratio, Digital Library of Mathematical Functions, 5.11.13.
 */
function logBeta(a: number, b: number): number {
  const [small, great] = [Math.min(a, b), Math.max(a, b)]
  if (small !== 0.5 || great < 100) return logGamma(a) + logGamma(b) - logGamma(a + b)
  const ratio = 0.5 * Math.log(great) - 1 / (8 * great) + 1 / (192 * great ** 3) - 1 / (640 * great ** 5)
  return 0.5 * Math.log(Math.PI) - ratio
}

/**
 * The regularized incomplete beta function I_x(a, b): Abramowitz and Stegun 26.5.8, by Lentz' method. `y` is 1 - x, given too
 * because the difference loses the digits of a small one.
 */
function incompleteBeta({ x, y }: { x: number; y: number }, a: number, b: number): number {
  if (x <= 0) return 0
  if (y <= 0) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta({ x: y, y: x }, b, a)
  const scale = Math.exp(a * logOf(x, y) + b * logOf(y, x) - logBeta(a, b)) / a
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let n = 1; n < mostTerms; n += 1) {
    const even = (n * (b - n) * x) / ((a + 2 * n - 1) * (a + 2 * n))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    fraction *= c * d
    const odd = (-(a + n) * (a + b + n) * x) / ((a + 2 * n) * (a + 2 * n + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    fraction *= c * d
    if (Math.abs(c * d - 1) < precision) break
  }
  return scale * fraction
}

/** The logarithm of x, where 1 - x is given too. */
const logOf = (x: number, y: number): number => (x > 0.5 ? Math.log1p(-y) : Math.log(x))

/** How likely a standard normal value is as far from 0 as z, on either side. */
export const normalTwoSided = (z: number): number => upperGamma(0.5, (z * z) / 2)

/** How likely a chi-square value with so many degrees of freedom is at least x. */
export const chiSquareUpper = (x: number, degrees: number): number => upperGamma(degrees / 2, x / 2)

/** How likely a value of Student's t with so many degrees of freedom, whole or not, is as far from 0 as t, on either side. */
export const studentTwoSided = (t: number, degrees: number): number =>
  incompleteBeta({ x: degrees / (degrees + t * t), y: (t * t) / (degrees + t * t) }, degrees / 2, 0.5)

/** The t that a value of Student's is as far from 0 as with the likelihood p, on either side; found by halving. */
export function studentQuantile(p: number, degrees: number): number {
  let [low, high] = [0, 1]
  while (studentTwoSided(high, degrees) > p && high < 1e12) high *= 2
  for (let n = 0; n < 200 && high - low > high * precision; n += 1) {
    const middle = (low + high) / 2
    if (studentTwoSided(middle, degrees) > p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
