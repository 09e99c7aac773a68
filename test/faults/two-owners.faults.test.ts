// Must survive: two workers that both believe they own everything: the epoch lets one of them write.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('two-owners', { log: 'embedded' }), faultTimeoutMs)
