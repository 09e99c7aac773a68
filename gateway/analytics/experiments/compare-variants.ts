import type { MessageInitShape } from '@bufbuild/protobuf'
import { type ExperimentVariantSchema, ExperimentWarning } from '../../../proto/gen/userflow/v1/experiments_pb.ts'
import {
  differenceInterval,
  meansTest,
  neededPersons,
  proportionsTest,
  rateOf,
  type Sample,
  type Share,
  sampleRatioTest,
  wilsonInterval,
} from './statistics.ts'

/** What was counted of a variant. */
export interface CountedVariant {
  readonly variant: string
  readonly exposed: number
  readonly converted: number
  /** Of the values, a person. */
  readonly mean: number
  readonly variance: number
}

/** What the comparison is asked with. */
export interface Comparing {
  /** Empty: "control", else the first by name. */
  readonly control: string
  /** By variant; empty: evenly. */
  readonly expected: ReadonlyMap<string, number>
  readonly detectableLift: number
  readonly withValue: boolean
}

/** What a comparison says, see ExperimentResponse. */
export interface Compared {
  readonly variants: MessageInitShape<typeof ExperimentVariantSchema>[]
  readonly sampleRatioPValue: number
  readonly neededPerVariant?: number
  readonly warnings: ExperimentWarning[]
}

/** Fewer than so many with or without the goal, and a normal distribution is a rough picture of how they spread. */
const fewest = 10
const unfairUnder = 0.001

const shareOf = (one: CountedVariant): Share => ({ count: one.converted, of: one.exposed })
const sampleOf = (one: CountedVariant): Sample => ({ of: one.exposed, mean: one.mean, variance: one.variance })

/** Compares every variant with the control. */
export function compareVariants(counted: readonly CountedVariant[], asked: Comparing): Compared {
  const byName = counted.toSorted((a, b) => (a.variant < b.variant ? -1 : 1))
  const control = byName.find(({ variant }) => variant === (asked.control || 'control')) ?? fallback(byName, asked)
  const inOrder = control ? [control, ...byName.filter((one) => one !== control)] : byName
  const sampleRatioPValue = sampleRatio(inOrder, asked.expected)
  const rate = control ? rateOf(shareOf(control)) : 0
  const wanted = rate * (1 + asked.detectableLift)
  const needed = neededPersons(rate, wanted < 1 ? wanted : rate * (1 - asked.detectableLift))
  return {
    variants: inOrder.map((one) => describe(one, control, asked)),
    sampleRatioPValue,
    ...(needed === undefined ? {} : { neededPerVariant: Math.ceil(needed) }),
    warnings: warningsOf(inOrder, { sampleRatioPValue, needed }),
  }
}

/** A control that was asked for and not seen is nobody, and nothing is compared with it. */
const fallback = (byName: readonly CountedVariant[], { control }: Comparing): CountedVariant | undefined =>
  control === '' ? byName[0] : undefined

function sampleRatio(counted: readonly CountedVariant[], expected: ReadonlyMap<string, number>): number {
  if (expected.size === 0) {
    return sampleRatioTest(
      counted.map(({ exposed }) => exposed),
      counted.map(() => 1),
    ).p
  }
  const names = [...new Set([...expected.keys(), ...counted.map(({ variant }) => variant)])]
  const exposed = new Map(counted.map((one) => [one.variant, one.exposed]))
  return sampleRatioTest(
    names.map((name) => exposed.get(name) ?? 0),
    names.map((name) => expected.get(name) ?? 0),
  ).p
}

function warningsOf(
  counted: readonly CountedVariant[],
  found: { readonly sampleRatioPValue: number; readonly needed: number | undefined },
): ExperimentWarning[] {
  const { needed } = found
  const few = counted.some(({ exposed, converted }) => converted < fewest || exposed - converted < fewest)
  const small = needed === undefined || counted.some(({ exposed }) => exposed < needed)
  return [
    ...(found.sampleRatioPValue < unfairUnder ? [ExperimentWarning.SAMPLE_RATIO] : []),
    ...(few ? [ExperimentWarning.FEW_CONVERSIONS] : []),
    ...(small ? [ExperimentWarning.SAMPLE_TOO_SMALL] : []),
    ...(counted.length < 2 ? [ExperimentWarning.NOTHING_TO_COMPARE] : []),
  ]
}

function describe(
  one: CountedVariant,
  control: CountedVariant | undefined,
  { withValue }: Comparing,
): MessageInitShape<typeof ExperimentVariantSchema> {
  const share = shareOf(one)
  const interval = wilsonInterval(share)
  const compared = control === undefined || one === control ? undefined : control
  return {
    variant: one.variant,
    isControl: one === control,
    exposed: one.exposed,
    converted: one.converted,
    rate: rateOf(share),
    rateLow: interval.low,
    rateHigh: interval.high,
    ...(compared && differenceOf(share, shareOf(compared))),
    ...(withValue && { value: meanOf(one, compared) }),
  }
}

function differenceOf(share: Share, control: Share) {
  const difference = rateOf(share) - rateOf(control)
  const { low, high } = differenceInterval(share, control)
  return {
    difference,
    differenceLow: low,
    differenceHigh: high,
    pValue: proportionsTest(share, control).p,
    ...(rateOf(control) > 0 ? { relativeLift: difference / rateOf(control) } : {}),
  }
}

function meanOf(one: CountedVariant, control: CountedVariant | undefined) {
  const test = control && meansTest(sampleOf(one), sampleOf(control))
  return {
    mean: one.mean,
    standardDeviation: Math.sqrt(one.variance),
    ...(test && {
      difference: one.mean - control.mean,
      differenceLow: test.low,
      differenceHigh: test.high,
      pValue: test.p,
    }),
  }
}
