// Must survive: the disk of Postgres full to the last block: workers wait, lose nothing and store nothing twice.
import { test } from 'vitest'
import { expectSurvivedFullDisk, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', (told) => expectSurvivedFullDisk('disk-full-of-postgres', 'embedded', told), faultTimeoutMs)
