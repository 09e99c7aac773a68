import { invalid } from '../../errors.ts'
import { storable } from '../parameters.ts'

const mostCharacters = 8_192

/** The path of a page. @throws PARAMETER_INVALID */
export function checkPage(page: string): string {
  if (page === '' || page.length > mostCharacters) {
    throw invalid('page', `must be a path of 1 to ${mostCharacters.toLocaleString('en')} characters, such as /pricing`)
  }
  return storable(page)
}
