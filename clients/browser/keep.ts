import type { Keep } from './delivery.ts'
import { type Entry, mostWaiting } from './queue.ts'

/** A row: an event that could not be sent, and the key it was meant for. */
interface Row {
  readonly id: string
  readonly body: string
  readonly key: string
}

/** Events in IndexedDB, for sites that keep ids in the browser anyway. Loaded only there. A failure costs the keep only. */
export function openKeep(key: string): Keep {
  const open = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('userflow', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('events', { keyPath: 'id' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const change = (act: (events: IDBObjectStore) => void): void => {
    open.then((db) => act(db.transaction('events', 'readwrite').objectStore('events'))).catch(() => undefined)
  }
  let used = true
  return {
    save(entries) {
      used = true
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
      if (!used) return
      change((events) => {
        for (const id of ids) events.delete(id)
      })
    },
    clear: () => change((events) => events.clear()),
    load: () =>
      open.then(
        (db) =>
          new Promise<Entry[]>((resolve, reject) => {
            const all = db.transaction('events').objectStore('events').getAll() as IDBRequest<Row[]>
            all.onsuccess = () => {
              used = all.result.length > 0
              resolve(all.result.filter((row) => row.key === key).map(({ id, body }) => ({ id, body })))
            }
            all.onerror = () => reject(all.error)
          }),
      ),
  }
}
