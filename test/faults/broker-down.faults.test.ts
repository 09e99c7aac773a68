// Must survive: a broker that is away for ten seconds: nothing accepted is lost, and everything goes on by itself.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on Kafka', () => expectSurvived('broker-down', { log: 'kafka' }), faultTimeoutMs)
