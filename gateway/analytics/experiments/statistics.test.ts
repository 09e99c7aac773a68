import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chiSquareUpper, normalTwoSided, studentQuantile, studentTwoSided } from './distributions.ts'
import {
  differenceInterval,
  meansTest,
  neededPersons,
  proportionsTest,
  rateOf,
  type Share,
  sampleRatioTest,
  wilsonInterval,
} from './statistics.ts'

describe('distributions are those of the tables, to nine digits', () => {
  test.each([
    [0, 1],
    [1, 0.317_310_507_862_914_1],
    [1.959_963_984_540_054, 0.05],
    [2.575_829_303_548_900_4, 0.01],
    [3.290_526_731_491_895, 0.001],
    [5, 5.733_031_437_583_869e-7],
    [8, 1.244_192_114_854_348e-15],
  ])('a normal value as far from 0 as %f: %f', (z, p) => {
    expect(normalTwoSided(z)).toBeCloseTo(p, 12)
    expect(normalTwoSided(-z) / p).toBeCloseTo(1, 9)
  })

  test.each([
    [3.841_458_820_694_124, 1, 0.05],
    [10.827_566_170_662_733, 1, 0.001],
    [5.991_464_547_107_979, 2, 0.05],
    [11.070_497_693_516_351, 5, 0.05],
    [18.307_038_053_275_146, 10, 0.05],
    [124.342_113_404_004_07, 100, 0.05],
  ])('a chi-square value of %f or more with %d degrees: %f', (x, degrees, p) => {
    expect(chiSquareUpper(x, degrees)).toBeCloseTo(p, 11)
  })

  test.each([
    [12.706_204_736_432_095, 1, 0.05],
    [4.302_652_729_911_275, 2, 0.05],
    [2.228_138_851_964_939, 10, 0.05],
    [2.042_272_456_301_238, 30, 0.05],
    [1.983_971_518_5, 100, 0.05],
    [2.75, 30, 0.01],
  ])("a Student's t as far from 0 as %f with %d degrees: %f", (t, degrees, p) => {
    const digits = t === 2.75 ? 5 : 10
    expect(studentTwoSided(t, degrees)).toBeCloseTo(p, digits)
    if (digits === 10) expect(studentQuantile(p, degrees)).toBeCloseTo(t, 9)
  })

  test('with many degrees of freedom t is normal, and chi-square with one is the square of a normal value', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 7, noNaN: true }), (z) => {
        expect(studentTwoSided(z, 1e9)).toBeCloseTo(normalTwoSided(z), 8)
        expect(chiSquareUpper(z * z, 1)).toBeCloseTo(normalTwoSided(z), 12)
      }),
    )
  })

  test('every likelihood lies between 0 and 1 and falls with the distance', () => {
    const distance = fc.double({ min: 0, max: 1_000, noNaN: true })
    fc.assert(
      fc.property(distance, distance, fc.double({ min: 0.5, max: 1e6, noNaN: true }), (a, b, degrees) => {
        const [near, far] = [Math.min(a, b), Math.max(a, b)]
        for (const p of [
          normalTwoSided,
          (x: number) => chiSquareUpper(x, degrees),
          (x: number) => studentTwoSided(x, degrees),
        ]) {
          expect(p(near)).toBeGreaterThanOrEqual(p(far) - 1e-12)
          expect(p(near)).toBeLessThanOrEqual(1)
          expect(p(far)).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

// statsmodels 0.15.0 and SciPy give the same figures (proportion_confint, confint_proportions_2indep, proportions_ztest, chisquare,
// ttest_ind_from_stats).
describe('published worked examples', () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("Wilson's interval of %d of %d", (count, of, low, high) => {
    expect(wilsonInterval({ count, of }).low).toBeCloseTo(low, 4)
    expect(wilsonInterval({ count, of }).high).toBeCloseTo(high, 4)
  })

  // R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])("Newcombe's interval of %d/%d - %d/%d", (a, ofA, b, ofB, low, high) => {
    const interval = differenceInterval({ count: a, of: ofA }, { count: b, of: ofB })
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })

  test('Penn State, STAT 415, lesson 9.4: 351 of 605 against 41 of 195, Z = 8.99', () => {
    const { z, p } = proportionsTest({ count: 351, of: 605 }, { count: 41, of: 195 })
    expect(z).toBeCloseTo(8.99, 2)
    expect(p).toBeLessThan(1e-15)
  })

  test("Mendel's peas, 315, 108, 101 and 32 at 9:3:3:1: chi-square 0.470 with 3 degrees, p 0.925", () => {
    const { chiSquare, p } = sampleRatioTest([315, 108, 101, 32], [9, 3, 3, 1])
    expect(chiSquare).toBeCloseTo(0.47, 3)
    expect(p).toBeCloseTo(0.925, 3)
  })

  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.3, data set AUTO83B.
  test('NIST: miles a gallon of 249 American and 79 Japanese cars, t = -12.94627 with 136.8750 degrees', () => {
    const american = { of: 249, mean: 20.14458, variance: 6.4147 ** 2 }
    const japanese = { of: 79, mean: 30.48101, variance: 6.10771 ** 2 }
    const test_ = meansTest(american, japanese)!
    expect(test_.t).toBeCloseTo(-12.946_27, 3)
    expect(test_.degrees).toBeCloseTo(136.875, 2)
    expect(test_.p).toBeLessThan(1e-20)
  })

  test('the manual of R, power.prop.test: from 0.50 to 0.75 with a power of 90 %: n = 76.7', () => {
    expect(neededPersons(0.5, 0.75, 1.281_551_565_544_600_4)).toBeCloseTo(76.7, 1)
  })
})

const someShare: fc.Arbitrary<Share> = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([of, part]) => ({ of, count: Math.round(of * part) }))

test('an interval holds its rate, lies between 0 and 1, and turns around when failures are counted', () => {
  fc.assert(
    fc.property(someShare, (share) => {
      const { low, high } = wilsonInterval(share)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(low).toBeLessThanOrEqual(rateOf(share))
      expect(high).toBeGreaterThanOrEqual(rateOf(share))
      const other = wilsonInterval({ of: share.of, count: share.of - share.count })
      expect(1 - other.high).toBeCloseTo(low, 9)
    }),
  )
})

test('two variants exchanged give the difference with the other sign and the same p-value; equal ones p = 1', () => {
  fc.assert(
    fc.property(someShare, someShare, (a, b) => {
      const [ab, ba] = [differenceInterval(a, b), differenceInterval(b, a)]
      expect(ab.low).toBeCloseTo(-ba.high, 9)
      expect(ab.low).toBeGreaterThanOrEqual(-1 - 1e-9)
      expect(ab.low).toBeLessThanOrEqual(rateOf(a) - rateOf(b))
      expect(proportionsTest(a, b).p).toBeCloseTo(proportionsTest(b, a).p, 12)
      expect(proportionsTest(a, a)).toEqual({ z: 0, p: 1 })
    }),
  )
})

test('ten times the persons at the same rates never make a difference less certain', () => {
  fc.assert(
    fc.property(someShare, someShare, (a, b) => {
      const more = (share: Share) => ({ of: share.of * 10, count: share.count * 10 })
      expect(proportionsTest(more(a), more(b)).p).toBeLessThanOrEqual(proportionsTest(a, b).p + 1e-12)
      expect(wilsonInterval(more(a)).low).toBeGreaterThanOrEqual(wilsonInterval(a).low - 1e-12)
    }),
  )
})

test('where nothing can be told, nothing is told', () => {
  const nobody = { count: 0, of: 0 }
  expect(wilsonInterval(nobody)).toEqual({ low: 0, high: 1 })
  expect(proportionsTest(nobody, { count: 1, of: 2 }).p).toBe(1)
  expect(proportionsTest({ count: 5, of: 5 }, { count: 7, of: 7 }).p).toBe(1)
  expect(meansTest({ of: 1, mean: 1, variance: 0 }, { of: 9, mean: 2, variance: 1 })).toBeUndefined()
  expect(meansTest({ of: 9, mean: 1, variance: 0 }, { of: 9, mean: 2, variance: 0 })).toBeUndefined()
  expect(neededPersons(0, 0.1)).toBeUndefined()
  expect(sampleRatioTest([5], [1]).p).toBe(1)
  expect(sampleRatioTest([0, 0], [1, 1]).p).toBe(1)
  expect(sampleRatioTest([5, 1], [1, 0]).p).toBe(0)
})
