import { expect, test } from 'vitest'
import { freePorts, listeningRange } from './free-ports.ts'

test('ports to listen on are none of those that outgoing connections get', () => {
  expect(listeningRange({ from: 32_768, to: 61_000 })).toEqual({ from: 10_000, to: 32_768 })
  expect(listeningRange({ from: 16_000, to: 65_536 })).toEqual({ from: 10_000, to: 16_000 })
  expect(listeningRange({ from: 1_024, to: 50_000 })).toEqual({ from: 50_000, to: 65_536 })
  // All of them are: some must be taken.
  expect(listeningRange({ from: 1_024, to: 65_536 })).toEqual({ from: 10_000, to: 32_768 })
})

test('no port is given twice, though nobody listens on those given before', async () => {
  const given = [...(await freePorts(40)), ...(await freePorts(1)), ...(await freePorts(40))]
  expect(new Set(given).size).toBe(81)
})
