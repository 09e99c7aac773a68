import { type Keep, keepName } from './delivery.ts'
import { type Entry, mostWaiting } from './queue.ts'

/** A row: an event that could not be sent, and the key it was meant for. */
interface Row {
  readonly id: string
  readonly body: string
  readonly key: string
}

/** Events in IndexedDB, for sites that keep ids in the browser anyway. Loaded only there. A failure costs the keep only. */
export function openKeep(key: string): Keep {
  let opened: Promise<IDBDatabase> | undefined
  const change = (act: (events: IDBObjectStore) => void): void => {
    opened ??= open()
    opened.then((db) => act(db.transaction('events', 'readwrite').objectStore('events'))).catch(() => undefined)
  }
  return {
    save(entries) {
      if (!entries[0]) return
      change((events) => {
        for (const { id, body } of entries) events.put({ id, body, key } satisfies Row)
        const keys = events.getAllKeys()
        // Ids begin with their time, so the first are the oldest.
        keys.onsuccess = () => {
          for (const id of keys.result.slice(0, -mostWaiting)) events.delete(id)
        }
      })
    },
    remove(ids) {
      // Without a database there is nothing to remove.
      if (!opened) return
      change((events) => {
        for (const id of ids) events.delete(id)
      })
    },
    async load() {
      const known = await indexedDB.databases()
      if (!known.some(({ name }) => name === keepName)) return []
      opened = open()
      const db = await opened
      return await new Promise<Entry[]>((resolve, reject) => {
        const all = db.transaction('events').objectStore('events').getAll() as IDBRequest<Row[]>
        all.onsuccess = () => resolve(all.result.filter((row) => row.key === key).map(({ id, body }) => ({ id, body })))
        all.onerror = () => reject(all.error)
      })
    },
  }
}

const open = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(keepName, 1)
    request.onupgradeneeded = () => request.result.createObjectStore('events', { keyPath: 'id' })
    request.onsuccess = () => {
      const db = request.result
      // A visitor who withdraws has the database deleted, which waits for those who hold it.
      db.onversionchange = () => db.close()
      resolve(db)
    }
    request.onerror = () => reject(request.error)
  })
