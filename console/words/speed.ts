import { SpeedMeasure } from '../../proto/gen/userflow/v1/speed_pb.ts'

/** English words of the screen of speed. */
export const words = {
  title: 'Speed',
  note: 'How fast pages are for those who visit them. A page is judged by the 75th percentile: three of four visits are at least as fast.',
  measures: {
    [SpeedMeasure.LCP]: ['LCP', 'Largest contentful paint'],
    [SpeedMeasure.INP]: ['INP', 'Interaction to next paint'],
    [SpeedMeasure.CLS]: ['CLS', 'Cumulative layout shift'],
    [SpeedMeasure.FCP]: ['FCP', 'First contentful paint'],
    [SpeedMeasure.TTFB]: ['TTFB', 'Time to first byte'],
    [SpeedMeasure.LOAD]: ['Load', 'Until the load event'],
  } as Readonly<Record<number, readonly [string, string]>>,
  verdicts: { good: 'Good', fair: 'Needs improvement', poor: 'Poor' },
  noVerdict: 'No threshold',
  noSamples: 'No samples',
  samples: 'Samples',
  p50: 'Median',
  p75: 'p75',
  p95: 'p95',
  rating: 'Rating',
  good: 'Good visits',
  spread: (measure: string) => `How ${measure} is spread`,
  bucket: (from: string, to: string, count: string) => `${from} to ${to}: ${count} samples`,
  lastBucket: (from: string, count: string) => `above ${from}: ${count} samples`,
  thresholds: (good: string, poor: string) => `Good up to ${good}, poor above ${poor}`,
  by: 'By',
  values: (measure: string) => `${measure} by value`,
  empty: 'No samples in this period',
  emptyNote: 'The browser tracker measures speed by itself. Choose a longer period, or take a filter away.',
} as const
