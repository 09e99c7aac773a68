/** A row that cannot be stored, and why. */
export interface Poison {
  readonly row: number
  readonly error: unknown
}

/**
 * Finds the rows that cannot be stored among `count`, by trying ranges and halving those that fail:
 * about log2(count) tries for each bad row.
 * @param trial resolves with the error of storing rows from `from` to before `to`, or undefined when they can be stored
 */
export async function findPoison(
  count: number,
  trial: (from: number, to: number) => Promise<unknown>,
): Promise<Poison[]> {
  const found: Poison[] = []
  const search = async (from: number, to: number): Promise<void> => {
    if (from >= to) return
    const error = await trial(from, to)
    if (error === undefined) return
    if (to - from === 1) {
      found.push({ row: from, error })
      return
    }
    const middle = (from + to) >>> 1
    await search(from, middle)
    await search(middle, to)
  }
  await search(0, count)
  return found
}
