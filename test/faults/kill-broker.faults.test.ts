// Must survive: a broker killed and started again on its disk: every acknowledged record is still there.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on Kafka', () => expectSurvived('kill-broker', { log: 'kafka' }), faultTimeoutMs)
