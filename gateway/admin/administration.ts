import type { Database } from '../../sql/database.ts'
import type { CalledAs, HttpPlace } from './snippet.ts'

/** Who asks; the company comes from the key. */
export interface AdminCaller extends CalledAs {
  readonly companyId: number
}

/** What every method needs. */
export interface Administration {
  readonly db: Database
  readonly http: HttpPlace
}
