import { hash } from 'node:crypto'

/** A choice and how often it is made, relative to the others. */
export type Weighted<T> = readonly (readonly [T, number])[]

/** Random numbers that depend on nothing but the seed (sfc32, 128 bits of state). */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: string) {
    const digest = hash('sha256', seed, 'buffer')
    this.#a = digest.readUInt32LE(0) | 0
    this.#b = digest.readUInt32LE(4) | 0
    this.#c = digest.readUInt32LE(8) | 0
    this.#d = 1
    for (let warmUp = 0; warmUp < 12; warmUp++) this.#word()
  }

  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + sum) | 0
    return sum >>> 0
  }

  /** At least 0 and below 1. */
  next(): number {
    return this.#word() / 2 ** 32
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(all: readonly T[]): T {
    return all[Math.floor(this.next() * all.length)]!
  }

  weighted<T>(choices: Weighted<T>): T {
    let left = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [choice, weight] of choices) {
      left -= weight
      if (left < 0) return choice
    }
    return choices.at(-1)![0]
  }

  /** A waiting time whose mean is `mean`. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean
  }

  bytes(length: number): Uint8Array {
    const bytes = Buffer.alloc(Math.ceil(length / 4) * 4)
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(this.#word(), at)
    return bytes.subarray(0, length)
  }
}
