// Must survive: a worker killed at any moment: another goes on where it was, and nothing counts twice.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('kill-worker', { log: 'embedded' }), faultTimeoutMs)

test('on Kafka', () => expectSurvived('kill-worker', { log: 'kafka' }), faultTimeoutMs)
