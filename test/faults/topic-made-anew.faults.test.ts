// Must survive: a topic deleted and made anew: its partitions stop, say so, and begin at 0 when an operator says.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('topic-made-anew', { log: 'embedded' }), faultTimeoutMs)

test('on Kafka', () => expectSurvived('topic-made-anew', { log: 'kafka' }), faultTimeoutMs)
