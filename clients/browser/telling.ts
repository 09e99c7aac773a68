/** Tells a developer what happens, or nobody. */
export type Say = (...words: unknown[]) => void

/** Runs something; a failure is told to a developer, and never to the page. */
export type Guard = <T>(act: () => T) => T | undefined

/** With `debug` the console is told, else nobody. */
export function telling(debug: boolean | '' | undefined): { say: Say; guard: Guard } {
  const say: Say = (...words) => {
    if (debug || debug === '') console.log('userflow:', ...words)
  }
  const guard: Guard = (act) => {
    try {
      return act()
    } catch (error) {
      say(error)
      return undefined
    }
  }
  return { say, guard }
}
