import { chiSquareUpper, normalTwoSided, studentQuantile, studentTwoSided } from './distributions.ts'

/** Quantile of the normal distribution for intervals of 95 %. */
const z95 = 1.959_963_984_540_054
/** For a power of 80 %. */
const z80 = 0.841_621_233_572_914_2

/** Of `of` persons so many. */
export interface Share {
  readonly count: number
  readonly of: number
}

/** Both ends of a confidence interval of 95 %. */
export interface Interval95 {
  readonly low: number
  readonly high: number
}

/** Mean and variance (with n - 1) of so many numbers. */
export interface Sample {
  readonly of: number
  readonly mean: number
  readonly variance: number
}

export const rateOf = ({ count, of }: Share): number => (of === 0 ? 0 : count / of)

/**
 * Wilson's score interval of a proportion: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
 * Journal of the American Statistical Association 22 (1927); method 3 in R. G. Newcombe, Two-sided confidence intervals for the
 * single proportion, Statistics in Medicine 17 (1998) 857–872. Of nobody it is 0 to 1.
 */
export function wilsonInterval(share: Share): Interval95 {
  const { count, of } = share
  if (of === 0) return { low: 0, high: 1 }
  const square = z95 * z95
  const middle = 2 * count + square
  const width = z95 * Math.sqrt(square + 4 * count * (1 - count / of))
  const all = 2 * (of + square)
  return { low: count === 0 ? 0 : (middle - width) / all, high: count === of ? 1 : (middle + width) / all }
}

/**
 * Interval of the difference a - b of two proportions: method 10 in R. G. Newcombe, Interval estimation for the difference between
 * independent proportions, Statistics in Medicine 17 (1998) 873–890. Holds also where nobody or everybody converts.
 */
export function differenceInterval(a: Share, b: Share): Interval95 {
  const [pa, pb, wa, wb] = [rateOf(a), rateOf(b), wilsonInterval(a), wilsonInterval(b)]
  return {
    low: pa - pb - Math.hypot(pa - wa.low, wb.high - pb),
    high: pa - pb + Math.hypot(wa.high - pa, pb - wb.low),
  }
}

/**
 * Two-sided p-value of the hypothesis that two proportions are equal: the z-test with the pooled proportion, J. L. Fleiss, B. Levin,
 * M. C. Paik, Statistical Methods for Rates and Proportions, 3rd edition (2003), chapter 3, without the correction for continuity.
 * 1 where nothing can be told: nobody there, or none or all converted in both.
 */
export function proportionsTest(a: Share, b: Share): { readonly z: number; readonly p: number } {
  const pooled = rateOf({ count: a.count + b.count, of: a.of + b.of })
  const variance = pooled * (1 - pooled) * (1 / a.of + 1 / b.of)
  if (a.of === 0 || b.of === 0 || variance <= 0) return { z: 0, p: 1 }
  const z = (rateOf(a) - rateOf(b)) / Math.sqrt(variance)
  return { z, p: normalTwoSided(z) }
}

/**
 * Whether persons are spread over the variants as was meant: Pearson's chi-square test of goodness of fit. `weights` are the
 * shares meant, of any sum; one of 0 means none was expected, so that a single person there gives p = 0.
 */
export function sampleRatioTest(
  counts: readonly number[],
  weights: readonly number[],
): { readonly chiSquare: number; readonly p: number } {
  const all = counts.reduce((sum, count) => sum + count, 0)
  const weight = weights.reduce((sum, one) => sum + one, 0)
  if (counts.some((count, index) => count > 0 && weights[index] === 0)) return { chiSquare: Number.MAX_VALUE, p: 0 }
  const expected = weights.map((one) => (all * one) / weight).filter((one) => one > 0)
  if (expected.length < 2) return { chiSquare: 0, p: 1 }
  const chiSquare = counts.reduce((sum, count, index) => {
    const meant = (all * weights[index]!) / weight
    return meant > 0 ? sum + (count - meant) ** 2 / meant : sum
  }, 0)
  return { chiSquare, p: chiSquareUpper(chiSquare, expected.length - 1) }
}

/** What Welch's test says of a - b; nothing where one has fewer than two numbers or none of them differ. */
export interface MeansTest extends Interval95 {
  readonly t: number
  readonly degrees: number
  readonly p: number
}

/**
 * Two-sided test of the hypothesis that two means are equal, and the interval of their difference, for unequal variances:
 * B. L. Welch, The generalization of "Student's" problem when several different population variances are involved,
 * Biometrika 34 (1947); degrees of freedom after Satterthwaite (1946).
 */
export function meansTest(a: Sample, b: Sample): MeansTest | undefined {
  const [va, vb] = [a.variance / a.of, b.variance / b.of]
  if (a.of < 2 || b.of < 2 || !(va + vb > 0)) return undefined
  const error = Math.sqrt(va + vb)
  const degrees = (va + vb) ** 2 / (va ** 2 / (a.of - 1) + vb ** 2 / (b.of - 1))
  if (!Number.isFinite(degrees)) return undefined
  const difference = a.mean - b.mean
  const t = difference / error
  const width = studentQuantile(0.05, degrees) * error
  return { t, degrees, p: studentTwoSided(t, degrees), low: difference - width, high: difference + width }
}

/**
 * How many persons each of two variants needs, so that a change of the rate from `from` to `to` is found with the given power at
 * a level of 5 %, two-sided: Fleiss, Levin, Paik (as above), chapter 4, without the correction for continuity. Undefined for
 * rates that are 0, 1 or equal.
 */
export function neededPersons(from: number, to: number, powerQuantile = z80): number | undefined {
  if (!(from > 0 && from < 1 && to > 0 && to < 1) || from === to) return undefined
  const mean = (from + to) / 2
  const root = z95 * Math.sqrt(2 * mean * (1 - mean)) + powerQuantile * Math.sqrt(from * (1 - from) + to * (1 - to))
  return (root / (from - to)) ** 2
}
