// Must survive: other records at the offsets that were read: the anchor tells, and the partitions stop.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('other-records-in-their-place', { log: 'embedded' }), faultTimeoutMs)

test('on Kafka', () => expectSurvived('other-records-in-their-place', { log: 'kafka' }), faultTimeoutMs)
