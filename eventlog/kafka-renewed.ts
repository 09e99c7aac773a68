/** What kafkajs's producers and admin clients have in common. */
interface Connectable {
  connect(): Promise<void>
  disconnect(): Promise<void>
}

/**
 * A client of kafkajs that connects when it is first needed, and is replaced by a new one after a failure. kafkajs does
 * not let go of a broker that has vanished without closing its connections: it asks the same one again until it refreshes
 * its metadata, up to five minutes later.
 */
export class Renewed<C extends Connectable> {
  readonly #create: () => C
  #client: Promise<C> | undefined

  constructor(create: () => C) {
    this.#create = create
  }

  /** Does something with the client. The caller gets the error, and decides whether to try again. */
  async use<T>(work: (client: C) => Promise<T>): Promise<T> {
    this.#client ??= this.#connect()
    const used = this.#client
    try {
      return await work(await used)
    } catch (error) {
      // Another user of the same client may have replaced it already.
      if (this.#client === used) this.#client = undefined
      // Not awaited: it waits for the requests under way, which is what has just failed.
      void disconnect(used)
      throw error
    }
  }

  /** Disconnects; the next use would connect anew. */
  async close(): Promise<void> {
    const closing = this.#client
    this.#client = undefined
    await disconnect(closing)
  }

  async #connect(): Promise<C> {
    const client = this.#create()
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.disconnect().catch(() => undefined)
      throw error
    }
  }
}

async function disconnect(client: Promise<Connectable> | undefined): Promise<void> {
  await client?.then((open) => open.disconnect()).catch(() => undefined)
}
