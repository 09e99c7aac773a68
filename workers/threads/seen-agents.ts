import type { Agent } from '../enrich/draft.ts'
import type { CompanyAgent } from './digest.ts'

/** Gathers the user agents that the rows of a batch name, each once a company. */
export class SeenAgents {
  readonly #companies = new Map<number, Set<Agent>>()

  see(companyId: number, agent: Agent): void {
    if (agent.key === undefined) return
    let agents = this.#companies.get(companyId)
    if (agents === undefined) {
      agents = new Set()
      this.#companies.set(companyId, agents)
    }
    agents.add(agent)
  }

  /** A company may have the same agent twice, if the cache forgot it meanwhile; it is stored once all the same. */
  seen(): CompanyAgent[] {
    return [...this.#companies].flatMap(([companyId, agents]) => [...agents].map((agent) => ({ companyId, agent })))
  }
}
