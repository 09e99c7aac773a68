import { create } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { JourneyLinkSchema, JourneyStepKind } from '../../../proto/gen/userflow/v1/journeys_pb.ts'
import { readStep, waysOf, writeStep } from './ways.ts'

const page = (value: string) => ({ kind: JourneyStepKind.PAGE, value })

test('the same page at two places is two stops, and an end is a stop of its own', () => {
  const links = [
    { place: 1, from: page('/'), to: page('/a'), sessions: 3 },
    { place: 1, from: page('/'), to: { kind: JourneyStepKind.END, value: '' }, sessions: 2 },
    { place: 2, from: page('/a'), to: page('/'), sessions: 3 },
  ].map((link) => create(JourneyLinkSchema, link))
  const { stops, ways } = waysOf(links)
  expect(stops.map(({ place, step }) => [place, step.kind, step.value])).toEqual([
    [1, JourneyStepKind.PAGE, '/'],
    [2, JourneyStepKind.PAGE, '/a'],
    [2, JourneyStepKind.END, ''],
    [3, JourneyStepKind.PAGE, '/'],
  ])
  expect(ways.map(({ value }) => value)).toEqual([3, 2, 3])
  expect(new Set(stops.map(({ name }) => name)).size).toBe(4)
})

test('a step is the same after a way through the address', () => {
  for (const step of [page('/event:x'), page(''), { kind: JourneyStepKind.EVENT, value: 'page:/' }]) {
    expect(readStep(writeStep(step))).toEqual(step)
  }
  expect(readStep('/pricing')).toEqual(page('/pricing'))
  expect(readStep(undefined)).toBeUndefined()
})
