import { RequestError } from './errors.ts'

/** Lets each company have so much under way at once, and so much more wait for it. */
export interface Turns {
  /**
   * Waits for a turn of this company; the function it answers ends the turn and may be called more than once.
   * @throws RequestError TOO_MANY_QUESTIONS at once, when as many wait as may
   */
  take(companyId: number): Promise<() => void>
}

interface Company {
  underWay: number
  readonly waiting: (() => void)[]
}

/** `atOnce`: under way of one company; `mostWaiting`: beyond these. In the order of arrival. */
export function createTurns({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }): Turns {
  const companies = new Map<number, Company>()

  const end = (companyId: number, company: Company): void => {
    const next = company.waiting.shift()
    // The turn passes on: what is under way stays as much.
    if (next) next()
    else company.underWay -= 1
    // Companies with nothing under way are forgotten.
    if (company.underWay === 0) companies.delete(companyId)
  }

  return {
    async take(companyId) {
      const company = companies.get(companyId) ?? { underWay: 0, waiting: [] }
      companies.set(companyId, company)
      if (company.underWay < atOnce) company.underWay += 1
      else if (company.waiting.length >= mostWaiting) throw new RequestError('TOO_MANY_QUESTIONS')
      else await new Promise<void>((resolve) => company.waiting.push(resolve))
      let ended = false
      return () => {
        if (ended) return
        ended = true
        end(companyId, company)
      }
    },
  }
}
