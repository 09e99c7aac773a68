import type { JsonObject } from '@bufbuild/protobuf'
import type { Rejection } from '../ingest/rejection.ts'
import { schemaBroken } from './breach.ts'
import { type CompiledSchema, compileSchema } from './compile-schema.ts'
import { readProperties } from './read-properties.ts'
import type { ReportedBreach } from './reports.ts'

/** The newest version of a schema that is not off, as it is kept. */
export interface KeptSchema {
  readonly name: string
  readonly version: number
  readonly mode: 'report' | 'enforce'
  readonly json: JsonObject
}

/** What company schemas tell of. */
export interface SchemaWatch {
  broken(mode: 'report' | 'enforce'): void
  reported(breach: ReportedBreach): void
  /** A schema that was kept cannot be used by this version of the gateway; its events are taken. */
  unusable(schema: KeptSchema, error: unknown): void
}

/** The schemas of a company that are not off. */
export interface CompanySchemas {
  /**
   * Why an event of this name and these properties (the bytes of a google.protobuf.Struct that passed the scan) is rejected,
   * if it is. In report mode it is counted instead, for the site; without a site, as when it is judged again, it is not.
   */
  judge(name: string, properties: Buffer, siteId: number | undefined): Rejection | undefined
}

/** A schema and, from its first event on, what judges by it. */
export class SchemaInForce {
  readonly kept: KeptSchema
  #compiled: CompiledSchema | undefined
  #unusable = false

  constructor(kept: KeptSchema) {
    this.kept = kept
  }

  /** The same version in another mode need not be compiled again. */
  in(mode: KeptSchema['mode']): SchemaInForce {
    if (mode === this.kept.mode) return this
    const other = new SchemaInForce({ ...this.kept, mode })
    other.#compiled = this.#compiled
    return other
  }

  /** What judges by it; undefined: it cannot be compiled. */
  compiled(watch: SchemaWatch): CompiledSchema | undefined {
    if (this.#compiled || this.#unusable) return this.#compiled
    try {
      this.#compiled = compileSchema(this.kept.json)
    } catch (error) {
      this.#unusable = true
      watch.unusable(this.kept, error)
    }
    return this.#compiled
  }
}

/** Judges events of a company by its schemas, by name. */
export function companySchemas(
  companyId: number,
  byName: ReadonlyMap<string, SchemaInForce>,
  watch: SchemaWatch,
): CompanySchemas {
  return {
    judge(name, properties, siteId) {
      const schema = byName.get(name)
      const breach = schema?.compiled(watch)?.check(readProperties(properties))
      if (!schema || !breach) return undefined
      const { mode, version } = schema.kept
      if (mode === 'enforce') {
        watch.broken(mode)
        return schemaBroken(breach, { name, version })
      }
      if (siteId === undefined) return undefined
      watch.broken(mode)
      watch.reported({ companyId, siteId, name, version, breach })
      return undefined
    },
  }
}
